//! `sprag lints`: every lint in a line.

use std::fmt::Write;

use super::{Exit, terminal};
use crate::lints::LINTS;
use crate::report::text::wrap;

pub(super) fn run() -> Exit {
    let width = LINTS.iter().map(|lint| lint.id.len()).max().unwrap_or(0);
    let columns = terminal::columns().unwrap_or(usize::MAX);
    let mut text = String::new();
    for lint in LINTS {
        let (severity, default) = (lint.severity.as_str(), lint.default.as_str());
        let facts = format!("{:width$}  {severity:7}  {default:6}", lint.id);
        // Where a line does not fit, what the lint finds stands on one of its own.
        let fits = facts.len() + 2 + lint.summary.len() <= columns;
        let _ = if fits {
            writeln!(text, "{facts}  {}", lint.summary)
        } else {
            writeln!(text, "{}\n    {}", facts.trim_end(), wrap(lint.summary, columns, 4, "    "))
        };
    }
    match terminal::write_stdout(text.as_bytes()) {
        Ok(()) => Exit::Clean,
        Err(error) => {
            terminal::complain(&format!("standard output: {error}"));
            Exit::Failed
        }
    }
}
