//! Which providers a module asks for in `required_providers`, and where it makes use of them.

use std::borrow::Cow;

use super::{Module, Role, Source};
use crate::diagnostic::Location;
use crate::syntax::hcl::{AttributeView, BlockView, ExprKind, ExprView};

/// An entry of `required_providers`.
#[derive(Clone, Copy)]
pub struct Requirement<'a> {
    /// The file.
    pub source: &'a Source,
    /// The entry.
    pub entry: AttributeView<'a>,
}

/// A place that needs a provider; `terraform` is one, though it is built in.
pub struct ProviderReference<'a> {
    /// The provider's name in the module.
    pub name: Cow<'a, str>,
    /// The place.
    pub location: Location,
}

/// The entries of `required_providers` that count: one in an override file replaces those of its name before it.
#[must_use]
pub fn required_providers<'a>(module: &Module<'a>) -> Vec<Requirement<'a>> {
    let mut found: Vec<Requirement<'a>> = Vec::new();
    let with_role = |role| module.sources.iter().filter(move |source| source.role == role);
    for source in with_role(Role::Configuration).chain(with_role(Role::Override)) {
        for settings in source.document().root().blocks_of("terraform") {
            let blocks = settings.body().blocks_of("required_providers");
            for entry in blocks.flat_map(|block| block.body().attributes()) {
                if source.role == Role::Override {
                    found.retain(|replaced| replaced.entry.name() != entry.name());
                }
                found.push(Requirement { source, entry });
            }
        }
    }
    found
}

/// See [`Module::provider_references`].
pub(super) fn references<'a>(module: &Module<'a>) -> Vec<ProviderReference<'a>> {
    let mut found = Vec::new();
    let is_read = |source: &&Source| source.role.is_configuration() || source.role == Role::Query;
    for source in module.sources.iter().filter(is_read) {
        for block in source.document().root().blocks() {
            of_block(source, block, &mut found);
        }
    }
    for call in &module.survey().provider_functions {
        let text = call.expr.text();
        let name = text.split("::").nth(1).unwrap_or_default();
        found.push(ProviderReference { name: Cow::Borrowed(name), location: call.location() });
    }
    found.retain(|reference| !reference.name.is_empty());
    found
}

fn of_block<'a>(source: &'a Source, block: BlockView<'a>, found: &mut Vec<ProviderReference<'a>>) {
    let location = source.location(block.header_span());
    let mut add = |name: Option<Cow<'a, str>>| {
        found.extend(name.map(|name| ProviderReference { name, location }));
    };
    match block.kind() {
        "provider" => add(block.label(0)),
        "resource" | "data" | "ephemeral" | "action" | "list" => add(of_resource(block)),
        "check" => {
            for data in block.body().blocks_of("data") {
                let location = source.location(data.header_span());
                found.extend(of_resource(data).map(|name| ProviderReference { name, location }));
            }
        }
        "module" => {
            let passed = block.body().value("providers").and_then(ExprView::entries).unwrap_or_default();
            passed.into_iter().for_each(|(_, value)| add(local_name(value)));
        }
        "import" => add(block.body().value("provider").and_then(local_name)),
        _ => {}
    }
}

/// The provider that a resource names, or the one that its type begins with.
fn of_resource(block: BlockView<'_>) -> Option<Cow<'_, str>> {
    if let Some(provider) = block.body().value("provider") {
        return local_name(provider);
    }
    Some(match block.label(0)? {
        Cow::Borrowed(kind) => Cow::Borrowed(kind.split('_').next().unwrap_or(kind)),
        Cow::Owned(kind) => Cow::Owned(kind.split('_').next().unwrap_or(&kind).to_owned()),
    })
}

/// `name`, `name.alias`, `name.alias[each.key]` or one of them in quotes.
pub(super) fn local_name(value: ExprView<'_>) -> Option<Cow<'_, str>> {
    let mut expr = value.unparenthesised();
    loop {
        expr = match expr.kind() {
            // A provider may be called `null`, and one is.
            ExprKind::Variable | ExprKind::Null | ExprKind::Bool(_) => return Some(Cow::Borrowed(expr.text())),
            ExprKind::GetAttr { on, .. } | ExprKind::Index { on, .. } => expr.document().expression(on),
            ExprKind::Template { .. } => {
                let text = expr.as_string()?;
                return Some(Cow::Owned(text.split('.').next().unwrap_or(&text).to_owned()));
            }
            _ => return None,
        };
    }
}
