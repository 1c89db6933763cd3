//! Bodies as they are written, in one place or with overrides in others.

use crate::syntax::hcl::{AttributeView, BlockView, BodyView, ExprView};
use crate::terraform::{Resource, Source};

/// A body that is written somewhere, with bodies that override it in front.
pub(super) struct Bodies<'p> {
    all: Vec<(&'p Source, BodyView<'p>)>,
}

impl<'p> Bodies<'p> {
    pub(super) fn of(resource: &Resource<'p>) -> Self {
        let all = resource.declarations().map(|declaration| (declaration.source, declaration.block.body()));
        Self { all: all.collect() }
    }

    pub(super) fn one(source: &'p Source, body: BodyView<'p>) -> Self {
        Self { all: vec![(source, body)] }
    }

    pub(super) fn value(&self, name: &str) -> Option<ExprView<'p>> {
        self.place(name).map(|(_, value)| value)
    }

    pub(super) fn place(&self, name: &str) -> Option<(&'p Source, ExprView<'p>)> {
        self.all.iter().find_map(|(source, body)| Some((*source, body.value(name)?)))
    }

    pub(super) fn names(&self) -> Vec<&'p str> {
        let mut names: Vec<&str> =
            self.all.iter().flat_map(|(_, body)| body.attributes()).map(AttributeView::name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The blocks of one kind, `dynamic` ones with their own block; those of an override replace all others.
    pub(super) fn blocks(&self, kind: &str) -> Vec<(&'p Source, BlockView<'p>, Option<BlockView<'p>>)> {
        for (source, body) in &self.all {
            let mut found = Vec::new();
            for block in body.blocks() {
                if block.kind() == kind {
                    found.push((*source, block, None));
                } else if block.kind() == "dynamic" && block.label(0).as_deref() == Some(kind) {
                    let contents = block.body().blocks().filter(|inner| inner.kind() == "content");
                    found.extend(contents.map(|content| (*source, content, Some(block))));
                }
            }
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// The kinds of its blocks, each once.
    pub(super) fn kinds(&self) -> Vec<String> {
        let mut kinds: Vec<String> = Vec::new();
        for block in self.all.iter().flat_map(|(_, body)| body.blocks()) {
            let kind = if block.kind() == "dynamic" {
                block.label(0).map(std::borrow::Cow::into_owned)
            } else {
                Some(block.kind().to_owned())
            };
            kinds.extend(kind);
        }
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}
