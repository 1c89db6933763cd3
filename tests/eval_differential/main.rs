//! The evaluator against the real terraform: whatever it computes for an admissible input must be a member of the
//! abstract value. One plan evaluates thousands of expressions, with a call of the module for each input. Without
//! `terraform` in the path the tests pass and say so.
//!
//! `SPRAG_EVAL_CASES=100000` sets how many results are compared, `SPRAG_EVAL_SEED=7` where the generator begins.

#![allow(unreachable_pub, reason = "the modules of a test program")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod bodies;
#[path = "../common/mod.rs"]
mod common;
mod concrete;
mod conditions;
mod corners;
mod files;
mod generate;
mod judge;
mod ours;
mod precision;
mod random;
mod regressions;
mod robust;
mod theirs;
