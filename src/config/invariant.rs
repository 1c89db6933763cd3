//! Invariant blocks as the configuration sees them: their names, their labels, which arguments they have. Their
//! expressions are neither read nor evaluated here.

use super::located::Located;
use super::schema::{EMPTY, ROOT};
use super::section::{Section, part, read_section, title};
use super::text::{Mistake, Text, Version};
use super::value::Context;
use crate::diagnostic::{Applicability, Location, Severity};
use crate::syntax::hcl::BlockView;

/// What an invariant is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InvariantKind {
    /// Resources of a type.
    Resource,
    /// Data sources of a type.
    Data,
    /// Modules.
    Module,
    /// Calls of a module.
    Call,
}

impl InvariantKind {
    /// All.
    pub const ALL: [Self; 4] = [Self::Resource, Self::Data, Self::Module, Self::Call];

    /// The first word of its block.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resource => "resource_invariant",
            Self::Data => "data_invariant",
            Self::Module => "module_invariant",
            Self::Call => "call_invariant",
        }
    }

    /// What it is about, one of them.
    #[must_use]
    pub const fn subjects(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Data => "data source",
            Self::Module => "module",
            Self::Call => "module call",
        }
    }
}

/// An invariant whose block is well formed.
#[derive(Clone, Debug)]
pub struct InvariantBlock {
    /// What it is about.
    pub kind: InvariantKind,
    /// The type, module path or module that it binds to, with wildcards.
    pub target: Located<String>,
    /// Its name; findings are called `invariant/NAME`.
    pub name: Located<InvariantName>,
    /// What must hold, in a few words.
    pub summary: Option<Located<String>>,
    /// The version that fixed the fault it guards against.
    pub fixed_in: Option<Located<Version>>,
    /// How bad a violation is.
    pub severity: Option<Located<Severity>>,
    /// Where to read more.
    pub docs: Option<Located<String>>,
    /// What to do about a violation.
    pub help: Option<Located<String>>,
    /// How much proof a violation needs.
    pub guarantee: Option<Located<Guarantee>>,
    /// The names of its inputs.
    pub inputs: Vec<String>,
    /// The whole block in its file.
    pub location: Location,
    /// The text of the block.
    pub text: String,
}

impl PartialEq for InvariantBlock {
    /// The text says it all.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// The name of an invariant: letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InvariantName(pub String);

impl Text for InvariantName {
    const EXPECTED: &'static str = "a name";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
        if !text.is_empty() && text.chars().all(allowed) {
            return Ok(Self(text.to_owned()));
        }
        Err(Mistake::new(format!("`{text}` cannot be the name of an invariant"))
            .help("its findings are called `invariant/NAME`: use letters, digits, `-` and `_`"))
    }
}

/// Whom an invariant must hold for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Guarantee {
    /// For every admissible input of the module: a single one that breaks it is a violation.
    Module,
}

impl Text for Guarantee {
    const EXPECTED: &'static str = "a guarantee";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        if text == "module" { Ok(Self::Module) } else { Err(Mistake::unknown("guarantee", text, &["module"])) }
    }
}

/// Reads all invariants of a file in the order of their kinds.
pub(super) fn read_invariants(section: &Section<'_>) -> Vec<InvariantBlock> {
    let mut all: Vec<InvariantBlock> = Vec::new();
    for kind in InvariantKind::ALL {
        for (context, block) in section.raw(kind.as_str()) {
            let Some(invariant) = read_invariant(kind, block, &context) else { continue };
            if let Some(first) = all.iter().find(|known| known.name == invariant.name) {
                let message = format!("a second invariant `{}`", invariant.name.0);
                let diagnostic = context.mistake(block.label_spans()[1], message).help("give it a name of its own");
                context.report(match first.name.location() {
                    Some(location) => diagnostic.label(location, "first written here"),
                    None => diagnostic,
                });
                continue;
            }
            all.push(invariant);
        }
    }
    all
}

fn read_invariant(kind: InvariantKind, block: BlockView<'_>, context: &Context<'_>) -> Option<InvariantBlock> {
    let label = |number: usize| block.label(number).unwrap_or_default().into_owned();
    let spans = block.label_spans();
    let target = context.parse::<String>(&label(0), spans[0]);
    let name = context.parse::<InvariantName>(&label(1), spans[1]);
    let head = title(block.header_span(), &block.body());
    let schema = ROOT.block(kind.as_str(), None).unwrap_or(&EMPTY);
    let read = |section: &Section<'_>| {
        let (summary, fixed_in) = (section.optional("summary"), section.optional("fixed_in"));
        let (severity, docs) = (section.optional("severity"), section.optional("docs"));
        let (guarantee, help) = (section.optional("guarantee"), section.optional("help"));
        section.unread("for_each");
        section.unread("filter");
        let inputs = read_blocks(section);
        Some(InvariantBlock {
            kind,
            target: context.locate(target?, spans[0]),
            name: context.locate(name?, spans[1]),
            summary,
            fixed_in,
            severity,
            docs,
            help,
            guarantee,
            inputs,
            location: context.location(block.span()),
            text: block.document().slice(block.span()).to_owned(),
        })
    };
    read_section(head, schema, vec![part(*context, block)], read)
}

/// The blocks of an invariant. Returns the names of its inputs.
fn read_blocks(section: &Section<'_>) -> Vec<String> {
    let inputs = section.labelled::<InvariantInput, String>("input", |name, section| {
        for name in ["type", "default", "description"] {
            section.unread(name);
        }
        Some(name.value.0)
    });
    section.once("given", |_| ());
    section.once("locals", |_| ());
    let enforced = section.many("enforce", |section| {
        section.unread("condition");
        section.unread("error_message");
        section.once("fix", |section| {
            section.optional::<Applicability>("applicability");
            section.unread("value");
        });
        Some(())
    });
    if enforced.is_empty() {
        section
            .report("an invariant without `enforce`".to_owned(), "write what must hold: `enforce { condition = … }`");
    }
    inputs
}

/// The label of `input`: a name that expressions can use.
#[derive(Clone, PartialEq)]
struct InvariantInput(String);

impl Text for InvariantInput {
    const EXPECTED: &'static str = "a name";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        let mut letters = text.chars();
        let starts = letters.next().is_some_and(|letter| unicode_ident::is_xid_start(letter) || letter == '_');
        if starts && letters.all(|letter| unicode_ident::is_xid_continue(letter) || letter == '-') {
            return Ok(Self(text.to_owned()));
        }
        Err(Mistake::new(format!("`{text}` cannot be the name of an input")))
    }
}
