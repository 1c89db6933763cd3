//! The linter's core: runs lints over models, decides what counts, turns diagnostics into findings. Pure: text and
//! configuration in, diagnostics out. Knows no lint by name but its own two.

pub mod baseline;
mod contracts;
mod cycles;
mod engine;
mod evaluation;
pub mod finding;
pub mod fixing;
mod lint;
mod monitoring;
mod releases;
mod reporter;
mod repository;
mod rule_unit;
pub mod suppression;
mod syntax;
mod types;

pub use contracts::is_callable;
pub use engine::{Engine, Policy, Scope, panic_reason};
pub use evaluation::{Evaluated, Evaluation, Guard, Undecided};
pub use lint::{Check, FixKind, Lint, find};

pub use crate::config::LintDefault;
pub(crate) use cycles::describe as describe_cycle;
pub use monitoring::{Monitoring, TypedExpression, TypedRule, TypedRules};
pub use releases::Releases;
pub use reporter::Reporter;
pub use repository::{AlertSummary, Repository, RuleSummary, StrayReason, StrayTest};
pub use rule_unit::{RuleUnit, RuleView, Template};
pub use syntax::{MAX_SYNTAX_ERRORS, syntax_diagnostics};
pub(crate) use types::of_variable;
