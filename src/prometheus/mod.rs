//! Prometheus rule files as typed, spanned models. Everything here is made from text; nothing reads a file or asks a
//! server. Expressions and templates stay text with a map to the file: their languages are parsed elsewhere.
//!
//! ```
//! use sprag::prometheus::{Content, read};
//!
//! let source = b"groups:\n- name: disk\n  rules:\n  - alert: Full\n    expr: free < 1\n    for: 5m\n";
//! let Content::Rules(file) = read(source) else { panic!("a rule file") };
//! let (_, rule) = file.alerts().next().unwrap();
//! assert_eq!(rule.name().unwrap().value, "Full");
//! assert_eq!(rule.for_.as_ref().unwrap().value.unwrap().to_string(), "5m");
//! ```

pub mod alertmanager;
pub mod catalogue;
pub mod dashboard;
pub mod deployment;
mod dialect;
mod duration;
mod holes;
pub mod infer;
mod manifest;
pub mod message;
mod names;
mod reader;
mod rule_file;
pub mod scrape;
mod serving;
mod values;
mod violation;
pub mod world;

pub use dialect::{Dialect, Language};
pub use duration::{Duration, DurationError};
pub use manifest::{Content, ReadOptions, might_hold_rules, read, read_with};
pub use names::{NameScheme, is_label_name, is_record_name};
pub use rule_file::{Field, Group, Identity, Origin, Pair, Rule, RuleFile, RuleSet, Text};
pub use violation::{Violation, ViolationKind};

#[cfg(test)]
mod tests;
