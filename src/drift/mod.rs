//! Drift: what changed behind Terraform's back. Terraform is asked for one plan; three values of every attribute (as of
//! the last apply, real, desired) tell a change by hand from work that is not applied yet and from noise. Nothing is
//! ever applied: the type that runs terraform has no word for it.

pub mod alerts;
mod change;
mod checkout;
mod classify;
mod compare;
pub mod credentials;
mod file;
pub mod history;
mod lines;
mod lock;
mod mask;
pub mod metrics;
pub mod notify;
mod plan;
mod plan_file;
mod process;
mod reach;
mod row;
mod rules;
mod scan;
mod scanner;
mod terraform;
pub mod units;
mod verdict;

pub use crate::remote::{Answer, Client, HttpError, Obstacle};
pub use change::{Changes, Ignores, find_changes};
pub use checkout::Git;
pub use classify::{Classified, Evidence, Retry, classify};
pub use file::replace_file;
pub use lines::{Action, Messages, Summary, UnknownVersion, group};
pub use lock::{EnvironmentLock, LockError};
pub use mask::{MASK, Masker};
pub use plan::{Importing, OutputChange, Plan, PlanError, ResourceChange, Transition};
pub use plan_file::state_serial;
pub use process::{Deadline, Ended, Interrupts, Output};
pub use reach::{Reacher, Unreachable};
pub use scan::{Cause, Change, ChangeKind, Checkout, ErrorKind, Failure, Finding, Flags, Phase, Scan, Verdict};
pub use scanner::{Directories, Outcome, Scanner};
pub use terraform::{PlanOptions, Step, Terraform, child_environment};
pub use verdict::{judge, mark_recurring};
