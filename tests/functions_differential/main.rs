//! Numbers and functions against the real terraform: one plan evaluates hundreds of expressions, and ours must have the
//! same results and the same failures. Without `terraform` in the path the tests pass and say so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

mod calls;
#[path = "../common/mod.rs"]
mod common;
mod evaluate;
mod functions;
mod membership;
mod numbers;
