//! One line per finding, `path:line:col: severity[lint] message`, which editors and `grep` understand.

use std::io::{self, Write};

use super::Report;
use super::text::{escaped, paint, style};

/// Writes one line per finding.
///
/// # Errors
/// Whatever `out` fails with.
pub fn write(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    for finding in report.shown() {
        let start = finding.place.start;
        writeln!(
            out,
            "{}:{}:{}: {}[{}] {}",
            escaped(&finding.place.path),
            start.line,
            start.column,
            paint(finding.severity.as_str(), style(finding.severity), report.options.color),
            escaped(finding.lint.as_str()),
            escaped(&finding.message),
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, written};
    use super::*;

    #[test]
    fn one_line_per_finding() {
        insta::assert_snapshot!(written(write, &Fixture::first_run().report()));
    }

    #[test]
    fn every_finding_stays_on_its_line() {
        let text = written(write, &Fixture::hostile().report());
        assert!(!text.contains(|char| char != '\n' && super::super::text::is_hidden(char)), "{text:?}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn colours_the_severity() {
        let mut fixture = Fixture::first_run();
        fixture.options.color = true;
        let first = written(write, &fixture.report()).lines().next().map(str::to_owned);
        assert_eq!(first.unwrap().matches('\x1b').count(), 3, "bold, colour, reset");
    }
}
