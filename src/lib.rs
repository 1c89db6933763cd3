//! sprag keeps infrastructure code from rolling backwards: a linter for Terraform modules, their tests and Prometheus
//! alert rules. The library lints from text, without globals; the binary adds files, arguments and exit codes.
//!
//! The layers, each importing only those before it, are described in `docs/architecture.md` and held by
//! `tests/tidy.rs`.

pub mod cli;
pub mod config;
pub mod diagnostic;
pub mod discover;
#[cfg(feature = "drift")]
pub mod drift;
pub mod eval;
pub mod invariant;
pub mod linter;
pub mod lints;
pub mod prometheus;
#[cfg(feature = "drift")]
pub mod remote;
pub mod report;
pub mod retry;
pub mod shell;
pub mod source;
pub mod suggest;
pub mod syntax;
pub mod terraform;
