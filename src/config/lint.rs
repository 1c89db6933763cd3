//! `lint` and `override`: which lints run where, and how bad their findings are.

use super::located::{Entry, Located};
use super::pattern::PathGlob;
use super::section::Section;
use super::selector::{LintName, Selector};
use super::text::Text;
use super::value::{Context, Literal, Setting};
use crate::diagnostic::Severity;
use crate::syntax::hcl::ExprView;

/// Switches and severities. `ignore` wins over `enable`; a lint's own severity wins over that of its area.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// Lints and areas to switch on.
    pub enable: Vec<Located<Selector>>,
    /// Lints and areas to switch off.
    pub ignore: Vec<Located<Selector>>,
    /// The severity of lints and areas. A lint named here is switched on too.
    pub severity: Vec<Entry<Selector, Severity>>,
}

/// The block `lint`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LintSettings {
    /// What counts everywhere.
    pub rules: Rules,
    /// What is not linted at all.
    pub exclude: Vec<Located<PathGlob>>,
    /// The file of known findings.
    pub baseline: Option<Located<String>>,
    /// Values for the inputs of invariants, by lint.
    pub inputs: Vec<Entry<LintName, Inputs>>,
}

impl LintSettings {
    /// The value of an input of a lint, where the configuration gives one. The last one wins.
    #[must_use]
    pub fn input(&self, lint: &str, name: &str) -> Option<&Literal> {
        let inputs = self.inputs.iter().rev().filter(|entry| entry.key.value.0 == lint);
        inputs
            .flat_map(|entry| entry.value.value.0.iter().rev())
            .find(|input| input.key.value == name)
            .map(|input| &input.value.value)
    }
}

/// Values for the inputs of one invariant, by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs(pub Vec<Entry<String, Literal>>);

/// A block `override`.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// Where it counts.
    pub paths: Vec<Located<PathGlob>>,
    /// What counts there.
    pub rules: Rules,
}

pub(super) fn read_lint(section: &Section<'_>) -> LintSettings {
    LintSettings {
        exclude: section.union("exclude"),
        rules: read_rules(section),
        baseline: section.optional("baseline"),
        inputs: section.map("inputs"),
    }
}

pub(super) fn read_override(section: &Section<'_>) -> Option<Override> {
    let (paths, rules) = (section.required("paths"), read_rules(section));
    let paths: Located<Vec<Located<PathGlob>>> = paths?;
    if paths.is_empty() {
        let help = "write the paths it is for: `paths = [\"legacy/**\"]`";
        section.report_value(&paths, Severity::Error, "`paths` is empty".to_owned(), help);
    }
    Some(Override { paths: paths.value, rules })
}

fn read_rules(section: &Section<'_>) -> Rules {
    Rules { enable: section.union("enable"), ignore: section.union("ignore"), severity: section.map("severity") }
}

impl Setting for Inputs {
    fn expected() -> String {
        "an object of inputs and their values".to_owned()
    }

    fn read(value: ExprView<'_>, context: &Context<'_>) -> Option<Self> {
        let Some(entries) = value.entries() else {
            context.wrong_type(value, &Self::expected());
            return None;
        };
        let mut inputs: Vec<Entry<String, Literal>> = Vec::new();
        for (key, value) in entries {
            let name = key.as_key().and_then(|name| String::parse(&name, context.lints).ok());
            let (Some(name), Some(literal)) = (name, Literal::read(value, context)) else { continue };
            if inputs.iter().any(|known| *known.key == name) {
                context.report(context.mistake(key.span(), format!("input `{name}` is given twice")));
                continue;
            }
            inputs.push(Entry { key: context.locate(name, key.span()), value: context.locate(literal, value.span()) });
        }
        Some(Self(inputs))
    }
}
