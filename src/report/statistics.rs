//! How often each lint spoke, most often first.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Report;
use super::text::{escaped, paint, style};

/// Writes a table of count, severity and lint. A lint that speaks with two severities has two rows.
///
/// # Errors
/// Whatever `out` fails with.
pub fn write(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let mut counts = BTreeMap::new();
    for finding in report.shown() {
        *counts.entry((&finding.lint, finding.severity)).or_insert(0_usize) += 1;
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|((_, severity), count)| std::cmp::Reverse((*count, *severity)));
    let digits = rows.first().map_or(0, |(_, count)| count.to_string().len());
    let letters = rows.iter().map(|((_, severity), _)| severity.as_str().len()).max().unwrap_or(0);
    for ((lint, severity), count) in rows {
        let word = paint(severity.as_str(), style(severity), report.options.color);
        let space = letters - severity.as_str().len();
        writeln!(out, "{count:>digits$}  {word}{:space$}  {}", "", escaped(lint.as_str()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, written};
    use super::*;

    #[test]
    fn most_frequent_first() {
        let mut fixture = Fixture::first_run();
        let hidden = written(write, &fixture.report());
        assert!(!hidden.contains("note"), "{hidden}");
        fixture.options.show_notes = true;
        insta::assert_snapshot!(written(write, &fixture.report()));
    }

    #[test]
    fn nothing_found_gives_no_table() {
        assert_eq!(written(write, &Fixture::new(&[]).report()), "");
    }
}
