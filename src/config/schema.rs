//! What a configuration may hold: every block and argument with its type, its default and what it means. Readers,
//! messages about misspelt names and the tables of `docs/configuration.md` go by it. Knows no text and no values.

mod alerts;
mod drift;
mod invariant;
mod kind;
mod root;

pub use kind::Kind;
pub use root::ROOT;
pub(super) use root::{EMPTY, INVARIANTS};

/// A block, or the configuration as a whole, which has no name.
#[derive(Debug)]
pub struct Block {
    /// The first word of its head.
    pub name: &'static str,
    /// What stands behind that word.
    pub labels: &'static [Label],
    /// How often it may be written.
    pub times: Times,
    /// What it is for: a phrase.
    pub doc: &'static str,
    /// What is written `name = value` in it.
    pub arguments: &'static [Argument],
    /// Blocks in it.
    pub blocks: &'static [&'static Self],
    /// Whether arguments of any name may stand in it.
    pub is_open: bool,
}

/// A label of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// A name; what it names.
    Name(&'static str),
    /// This word.
    Word(&'static str),
}

/// How often a block may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Once at most.
    Once,
    /// Any number of times, with labels of its own each time where it has labels.
    Many,
    /// Once at least.
    OnceOrMore,
}

/// What is written `name = value`.
#[derive(Debug)]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// What its value must be.
    pub kind: Kind,
    /// What holds where it is not written.
    pub default: Default,
    /// What it means: a phrase, in Markdown.
    pub doc: &'static str,
}

/// What holds where an argument is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// It must be written.
    Required,
    /// This value, as it would be written.
    Value(&'static str),
    /// No value; what that means.
    Unset(&'static str),
}

impl Block {
    /// An empty block that is written once at most.
    const NEW: Self =
        Self { name: "", labels: &[], times: Times::Once, doc: "", arguments: &[], blocks: &[], is_open: false };

    /// The argument of this name.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&'static Argument> {
        self.arguments.iter().find(|argument| argument.name == name)
    }

    /// The block of this name in it; the one with this first label where there are several.
    #[must_use]
    pub fn block(&self, name: &str, label: Option<&str>) -> Option<&'static Self> {
        let fits = |block: &&&'static Self| match (block.labels.first(), label) {
            (Some(Label::Word(word)), Some(label)) => *word == label,
            _ => true,
        };
        self.blocks.iter().filter(|block| block.name == name).find(fits).copied()
    }

    /// The names of all that may be written in it, each once.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let first = |at: usize| !self.blocks[..at].iter().any(|before| before.name == self.blocks[at].name);
        let blocks = (0..self.blocks.len()).filter(move |at| first(*at)).map(|at| self.blocks[at].name);
        self.arguments.iter().map(|argument| argument.name).chain(blocks)
    }

    /// The head as it is written, such as `environment "…"`.
    #[must_use]
    pub fn head(&self) -> String {
        let labels = self.labels.iter().map(|label| match label {
            Label::Name(_) => " \"…\"".to_owned(),
            Label::Word(word) => format!(" \"{word}\""),
        });
        std::iter::once(self.name.to_owned()).chain(labels).collect()
    }
}

impl Argument {
    /// An argument that may be left out; `unset` says what that means.
    const fn new(name: &'static str, kind: Kind, unset: &'static str, doc: &'static str) -> Self {
        Self { name, kind, default: Default::Unset(unset), doc }
    }

    const fn with_default(name: &'static str, kind: Kind, value: &'static str, doc: &'static str) -> Self {
        Self { name, kind, default: Default::Value(value), doc }
    }

    const fn required(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self { name, kind, default: Default::Required, doc }
    }
}

#[cfg(test)]
mod tests;
