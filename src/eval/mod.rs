//! Evaluates Terraform without running it: every value stands for all that it can be. Whatever Terraform computes for
//! some admissible input is a member of what is computed here.
//!
//! Knows the trees and models of modules; knows no lint, no configuration and no disk: files that expressions read come
//! through [`Sources`].

mod access;
mod automaton;
mod conditional;
mod constraint;
mod convert;
mod directive;
mod expression;
pub mod functions;
mod join;
mod loops;
mod marks;
mod member;
mod mismatch;
pub mod module;
mod narrow;
mod number;
mod operators;
mod order;
mod pattern;
mod range;
mod reference;
mod refinement;
mod scope;
mod template;
#[cfg(test)]
mod tests;
mod text;
mod unify;
mod value;

pub use constraint::{Constraint, Defaults};
pub use convert::{Doubt, convert, without_optional};
pub use expression::Evaluator;
pub use functions::{NoSources, Sources, Unreadable};
pub use join::{equal, join, join_all};
pub use marks::Marks;
pub use number::Number;
pub use pattern::{Anchors, Pattern};
pub use range::{Bound, Length, NumberRange};
pub use refinement::{Cause, Form, Refinement};
pub use scope::{Constants, Evaluate, Evaluated, Failure, Scope, ShortCircuit, SpecialCall, constant};
pub use text::{Hole, Piece, Shape, Text, Tri};
pub use unify::unify;
pub use value::{Kind, Symbol, Value};
