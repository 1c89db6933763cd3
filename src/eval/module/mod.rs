//! Modules: variables as the sets of what callers may pass, locals, resources with what their schemas say, calls.
//!
//! An [`Instance`] is a module in one context: called by anybody, called with certain arguments, or run as a root with
//! its files of values. Definitions are evaluated when they are asked for and remembered. A definition that fails leaves
//! everything else alone: Terraform would stop there, so what refers to it is never computed.

mod body;
mod frame;
mod instance;
mod program;
mod unset;
mod variable;
mod written;

pub use body::{Content, Element, ResourceBody, Wanted};
pub use frame::{Frame, Repetition};
pub use instance::{BlockScope, Inputs, Instance, Overlay};
pub use program::{Node, Program};
pub use unset::block_type;
pub use variable::{Contradiction, VariableSet};
