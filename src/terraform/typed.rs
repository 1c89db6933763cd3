//! Where a reference may lead to a value of the wrong type. Knows no values.

use super::module::{Module, Resource};
use super::schemas::BlockSchema;
use super::types::Type;
use crate::syntax::hcl::{BlockView, BodyView, ExprKind, ExprView};

impl Resource<'_> {
    /// Whether an argument that is no text, as the schema says, is made of references.
    #[must_use]
    pub fn has_typed_values(&self, schema: &BlockSchema) -> bool {
        self.declarations().any(|declaration| is_typed(declaration.block.body(), schema))
    }
}

fn is_typed(body: BodyView<'_>, schema: &BlockSchema) -> bool {
    let differs = |name: &str| {
        let known = schema.attributes.get(name);
        known.is_some_and(|known| !matches!(known.ty, Type::String | Type::Any))
    };
    body.attributes().any(|attribute| differs(attribute.name()) && refers(attribute.value(), None))
        || body.blocks().any(|block| {
            let name = if block.kind() == "dynamic" { block.label(0) } else { Some(block.kind().into()) };
            let nested = name.and_then(|name| schema.blocks.get(&*name));
            nested.is_some_and(|nested| {
                let contents = block.body().blocks_of("content").map(BlockView::body);
                contents.chain([block.body()]).any(|body| is_typed(body, &nested.block))
            })
        })
}

/// Whether an expression has a reference that begins with `root`, or any.
fn refers(expr: ExprView<'_>, root: Option<&str>) -> bool {
    let is_it =
        |inner: ExprView<'_>| inner.kind() == ExprKind::Variable && root.is_none_or(|root| inner.text() == root);
    expr.walk().any(is_it)
}

impl Module<'_> {
    /// Whether types of values have to be looked at: there are arguments that are no text and refer to something, or
    /// local values are passed to modules.
    pub(super) fn has_typed_values(&self) -> bool {
        let typed = |resource: &Resource<'_>| {
            self.schema_of(resource).is_some_and(|(schema, _)| resource.has_typed_values(schema))
        };
        let mut passed = self.calls.iter().flat_map(|call| call.block.body().attributes());
        passed.any(|argument| refers(argument.value(), Some("local"))) || self.resources.iter().any(typed)
    }
}
