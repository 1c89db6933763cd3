//! The configuration `.sprag.hcl`: from text to checked values, each with the place it was written at. A preset is a
//! file of the same language whose settings lie below the user's. Every mistake is a diagnostic of `sprag/config`.
//!
//! Reads no file, evaluates no expression, and knows of lints only their ids, which the caller passes in. What every
//! setting means to a user is written down in `docs/configuration.md`.

mod alerts;
mod date;
mod drift;
mod duration;
mod invariant;
mod levels;
mod lint;
mod located;
mod options;
mod pattern;
mod preset;
mod render;
pub mod schema;
mod section;
mod selection;
mod selector;
mod text;
mod url;
mod value;

use std::cell::RefCell;

pub use alerts::{Alerts, Catalogue, Exporter, Release, RequiredAlert};
pub use date::Date;
pub use drift::{
    Alertmanager, Credentials, Drift, Environment, GuestIgnore, History, IgnoreRule, Inventory, Metrics, Notify,
};
pub use duration::{format_duration, parse_duration};
pub use invariant::{Guarantee, InvariantBlock, InvariantKind, InvariantName};
pub use levels::{Levels, LintDefault, PathLevels};
pub use lint::{Inputs, LintSettings, Override, Rules};
pub use located::{Entry, Located, Origin};
pub use options::LintOption;
pub use pattern::{PathGlob, PathSet, Pattern, Wildcard};
pub use preset::PRESETS;
pub(crate) use render::quote;
pub use render::render;
pub use selection::{Selection, UnknownLint};
pub use selector::{INVARIANT_AREA, LintName, Selector};
pub use text::{Compatibility, Mistake, Name, Schedule, Update, Version};
pub use url::{Reach, Scheme, Url};
pub use value::{CONFIG_LINT, Literal};

use self::section::{Part, Section, read_section};
use self::value::{Context, Layer};
use crate::diagnostic::{Diagnostic, FileId, Severity};
use crate::source::Span;
use crate::syntax::hcl::{self, Document, Tree};

/// The name of the file that is looked for.
pub const FILE_NAME: &str = ".sprag.hcl";
/// How the names of files end that hold invariants only.
pub const INVARIANT_SUFFIX: &str = ".sprag.hcl";

/// A configuration with its preset resolved and its defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Files of provider schemas, as `terraform providers schema -json` writes them.
    pub schemas: Vec<Located<String>>,
    /// Which lints run, and how bad their findings are.
    pub lint: LintSettings,
    /// Exceptions by path, the later ones winning.
    pub overrides: Vec<Override>,
    /// The version of Terraform that is used.
    pub terraform_version: Option<Located<Version>>,
    /// Regression tests.
    pub regression: Regression,
    /// Alert rules.
    pub alerts: Alerts,
    /// Drift.
    pub drift: Drift,
    /// Invariants written in this file.
    pub invariants: Vec<InvariantBlock>,
}

/// The block `regression`.
#[derive(Clone, Debug, PartialEq)]
pub struct Regression {
    /// A module's regression tests, relative to the module.
    pub file: Option<Located<String>>,
    /// How a version looks in a comment.
    pub version: Located<Pattern>,
    /// The changelog that knows all versions, relative to the configuration.
    pub changelog: Located<String>,
}

impl Config {
    /// Reads a configuration. `lints` are the ids of all bundled lints. Whatever is wrong is in the diagnostics, in the
    /// order of its place; the configuration then holds what could be understood and must not be used for linting
    /// when one of them is an error.
    #[must_use]
    pub fn parse(text: &[u8], file: FileId, lints: &[&str]) -> (Self, Vec<Diagnostic>) {
        let tree = hcl::parse(text);
        let diagnostics = RefCell::new(Vec::new());
        let context = Context { layer: Layer::File(file), lints, diagnostics: &diagnostics };
        let root = Document::new(&tree, text).root();
        let preset = preset::read(root, &context);
        let preset_tree = preset.map_or_else(Tree::default, |(_, preset)| hcl::parse(preset.text.as_bytes()));
        let mut parts = vec![Part { context, body: root, header: Span::at(0) }];
        if let Some((at, preset)) = preset {
            let context = Context { layer: Layer::Preset(preset.name, at), ..context };
            let body = Document::new(&preset_tree, preset.text.as_bytes()).root();
            parts.push(Part { context, body, header: Span::at(0) });
        }
        let config = read_section(schema::ROOT.doc.to_owned(), &schema::ROOT, parts, read_config);
        (config, ordered(&tree, &context))
    }
}

impl Default for Config {
    /// The configuration of a repository without one.
    fn default() -> Self {
        read_config(&Section::new(String::new(), &schema::ROOT, Vec::new()))
    }
}

/// Reads a file `*.sprag.hcl` beside the configuration, which holds invariants and nothing else.
#[must_use]
pub fn parse_invariants(text: &[u8], file: FileId) -> (Vec<InvariantBlock>, Vec<Diagnostic>) {
    let tree = hcl::parse(text);
    let diagnostics = RefCell::new(Vec::new());
    let context = Context { layer: Layer::File(file), lints: &[], diagnostics: &diagnostics };
    let parts = vec![Part { context, body: Document::new(&tree, text).root(), header: Span::at(0) }];
    let invariants =
        read_section(schema::INVARIANTS.doc.to_owned(), &schema::INVARIANTS, parts, invariant::read_invariants);
    (invariants, ordered(&tree, &context))
}

fn read_config(section: &Section<'_>) -> Config {
    section.unread("preset"); // read before all else
    Config {
        schemas: section.list("schemas"),
        lint: section.once("lint", lint::read_lint),
        terraform_version: section.once("terraform", |section| section.optional("version")),
        regression: section.once("regression", |section| Regression {
            file: section.optional("file"),
            version: section.or("version", Pattern::of_versions()),
            changelog: section.or("changelog", "CHANGELOG.md".to_owned()),
        }),
        overrides: section.many("override", lint::read_override),
        alerts: section.once("alerts", alerts::read_alerts),
        drift: section.once("drift", drift::read_drift),
        invariants: invariant::read_invariants(section),
    }
}

/// Syntax errors alone, if there are any: what was guessed around them would only add noise.
fn ordered(tree: &Tree, context: &Context<'_>) -> Vec<Diagnostic> {
    let mut diagnostics = if tree.errors.is_empty() {
        context.diagnostics.take()
    } else {
        tree.errors.iter().map(|error| syntax_diagnostic(error, context)).collect()
    };
    diagnostics.sort_by_key(|diagnostic| diagnostic.location);
    diagnostics
}

fn syntax_diagnostic(error: &crate::syntax::SyntaxError, context: &Context<'_>) -> Diagnostic {
    let location = context.location(error.span);
    let mut diagnostic = Diagnostic::new(CONFIG_LINT, Severity::Error, location, error.message.clone());
    diagnostic.note.clone_from(&error.note);
    diagnostic.help.clone_from(&error.help);
    match &error.related {
        Some((span, message)) => diagnostic.label(context.location(*span), message.clone()),
        None => diagnostic,
    }
}

#[cfg(test)]
mod tests;
