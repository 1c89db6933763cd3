//! `sprag lints`: every lint in a line.

use std::fmt::Write;

use super::{Exit, terminal};
use crate::lints::LINTS;

pub(super) fn run() -> Exit {
    let width = LINTS.iter().map(|lint| lint.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for lint in LINTS {
        let (severity, default) = (lint.severity.as_str(), lint.default.as_str());
        let _ = writeln!(text, "{:width$}  {severity:7}  {default:6}  {}", lint.id, lint.summary);
    }
    match terminal::write_stdout(text.as_bytes()) {
        Ok(()) => Exit::Clean,
        Err(error) => {
            terminal::complain(&format!("standard output: {error}"));
            Exit::Failed
        }
    }
}
