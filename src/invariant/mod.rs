//! Invariants: what must hold in every state that a module can describe, written in the language of Terraform's
//! conditions. Binds them to resources, data sources, modules and calls, and decides them with the evaluator.
//!
//! A verdict is only *violated* or *holds* when that is certain; everything else is *undecided*, with a reason. Knows
//! no lint and no file on disk.

mod admitted;
mod bind;
mod chain;
mod context;
mod decide;
mod fault;
mod fix;
mod input;
mod language;
mod outcome;
mod overlay;
mod planned;
mod reason;
mod repeated;
mod subject;
mod target;
mod witness;

pub use chain::{Step, trace};
pub use context::{Context, Contexts, RootValue};
pub use decide::{Fault, Judge, Judgement, Verdict};
pub use language::{Bundled, Invariant, InvariantSource, Rule};
pub use planned::PlannedResource;
pub use reason::Open;
pub use subject::Subject;
