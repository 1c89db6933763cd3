//! Text of a module that an override file replaces: Terraform never looks at it
//! (<https://developer.hashicorp.com/terraform/language/files/override>).

use std::collections::HashMap;

use super::{Module, Role, Source};
use crate::diagnostic::FileId;
use crate::source::Span;
use crate::syntax::hcl::{BlockView, BodyView, ItemView};

/// The replaced places of a module, in order. None lies in another.
pub(super) struct Replaced(Vec<(FileId, Span)>);

impl Replaced {
    /// Those of `module`; nothing where no file overrides another.
    pub(super) fn of(module: &Module<'_>) -> Option<Self> {
        let of_role = |role: Role| module.configuration().filter(move |source| source.role == role);
        let mut overrides = of_role(Role::Override).peekable();
        overrides.peek()?;
        let mut merge = Merge::default();
        for source in of_role(Role::Configuration) {
            source.document().root().blocks().for_each(|block| merge.add(source, block));
        }
        for source in overrides {
            source.document().root().blocks().for_each(|block| merge.replace(source, block));
        }
        merge.replaced.sort_unstable();
        Some(Self(merge.replaced))
    }

    /// Whether the text at `span` is replaced.
    pub(super) fn covers(&self, source: &Source, span: Span) -> bool {
        let Self(all) = self;
        let before = all.partition_point(|(file, place)| (*file, place.start) <= (source.file, span.start));
        all[..before].last().is_some_and(|(file, place)| *file == source.file && span.end <= place.end)
    }
}

/// What counts so far, and what no longer does.
#[derive(Default)]
struct Merge {
    /// Arguments by the address of their block and their name, blocks in resources by their kind.
    valid: HashMap<String, Vec<(FileId, Span)>>,
    replaced: Vec<(FileId, Span)>,
}

impl Merge {
    fn add(&mut self, source: &Source, block: BlockView<'_>) {
        for (key, span) in parts(block) {
            self.valid.entry(key).or_default().push((source.file, span));
        }
    }

    fn replace(&mut self, source: &Source, block: BlockView<'_>) {
        for (key, _) in parts(block) {
            self.replaced.extend(self.valid.remove(&key).into_iter().flatten());
        }
        self.add(source, block);
    }
}

/// What an override file can replace in a block, by what it is known by.
fn parts(block: BlockView<'_>) -> Vec<(String, Span)> {
    let arguments = |prefix: &str, body: BodyView<'_>| -> Vec<(String, Span)> {
        body.attributes().map(|one| (format!("{prefix}{}", one.name()), one.span())).collect()
    };
    let address = || {
        let labels: Vec<_> = block.labels().collect();
        format!("{} {} ", block.kind(), labels.join("."))
    };
    match block.kind() {
        "locals" => arguments("locals ", block.body()),
        "variable" | "output" | "module" => arguments(&address(), block.body()),
        "resource" | "data" | "ephemeral" => {
            let address = address();
            let mut found = arguments(&address, block.body());
            for item in block.body().items() {
                let ItemView::Block(inner) = item else { continue };
                match inner.kind() {
                    // Its arguments are replaced one by one.
                    "lifecycle" => found.extend(arguments(&format!("{address}lifecycle "), inner.body())),
                    "dynamic" => {
                        found.extend(inner.label(0).map(|kind| (format!("{address}{kind} block"), inner.span())));
                    }
                    kind => found.push((format!("{address}{kind} block"), inner.span())),
                }
            }
            found
        }
        _ => Vec::new(),
    }
}
