//! What a lint is: the facts of its folder below `lints/`, and the function that looks for the problem.

use super::monitoring::{Monitoring, TypedRules};
use super::reporter::Reporter;
use super::repository::Repository;
use super::rule_unit::RuleUnit;
use crate::config::LintDefault;
use crate::diagnostic::{LintId, Severity};
use crate::terraform::Module;

/// A bundled lint. All of them stand in `src/lints/registry.rs`, which is made from the folders.
#[derive(Debug)]
pub struct Lint {
    /// Its folder below `lints/`.
    pub id: &'static str,
    /// What it finds, in a line.
    pub summary: &'static str,
    /// The highest severity it can have.
    pub severity: Severity,
    /// Whether it can mend what it finds.
    pub fix: FixKind,
    /// Whether it is on without configuration.
    pub default: LintDefault,
    /// The first release that has it.
    pub since: &'static str,
    /// Its page: front matter and prose.
    pub readme: &'static str,
    /// How it looks.
    pub check: Check,
}

impl Lint {
    /// Its id as diagnostics carry it.
    #[must_use]
    pub const fn id(&self) -> LintId {
        LintId::new(self.id)
    }

    /// Its page without the front matter.
    #[must_use]
    pub fn page(&self) -> &'static str {
        let body = self.readme.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
        body.map_or(self.readme, |(_, body)| body).trim_start()
    }
}

/// The lint with this id in a list that is sorted by id.
#[must_use]
pub fn find<'a>(lints: &'a [Lint], id: &str) -> Option<&'a Lint> {
    lints.binary_search_by(|lint| lint.id.cmp(id)).ok().map(|index| &lints[index])
}

/// Whether a lint can mend what it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixKind {
    /// No.
    None,
    /// With an edit that may change what the code does.
    Unsafe,
    /// With an edit that keeps the meaning.
    Safe,
}

impl FixKind {
    /// The word in the front matter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

/// What a lint looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Nothing of its own: parsers or the engine report under its name.
    Engine,
    /// One module with its tests.
    Module(fn(&Module<'_>, &mut Reporter<'_>)),
    /// One rule file.
    Rules(fn(&RuleUnit, &mut Reporter<'_>)),
    /// One rule file, with what is known of the metrics that its expressions read.
    Typed(fn(&TypedRules<'_>, &mut Reporter<'_>)),
    /// One dashboard, with what is known of the metrics that its queries read. Lints of `promql` that look at rule files
    /// in the same way look at dashboards, too.
    Dashboard(fn(&TypedRules<'_>, &mut Reporter<'_>)),
    /// All rule files of one configuration together, with what is known of metrics, scraping and deployment.
    Monitoring(fn(&Monitoring<'_>, &mut Reporter<'_>)),
    /// What an invariant says, in its own language: evaluated over modules that call each other.
    Invariant(&'static str),
    /// The summaries of everything.
    Repository(fn(&Repository<'_>, &mut Reporter<'_>)),
    /// One module, and the summaries of everything.
    Both(fn(&Module<'_>, &mut Reporter<'_>), fn(&Repository<'_>, &mut Reporter<'_>)),
}
