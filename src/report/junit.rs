//! JUnit XML, which nearly every CI shows as test results: a suite per file, a failed case per finding. A clean run is one
//! case that passed, since many readers take a report without cases for a broken run.

use std::borrow::Cow;
use std::io::{self, Write};

use super::{Report, plural};
use crate::linter::finding::Finding;

/// Writes one XML document.
///
/// # Errors
/// Whatever `out` fails with.
pub fn write(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let findings: Vec<&Finding> = report.shown().collect();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let (tests, failures) = (findings.len().max(1), findings.len());
    writeln!(out, "<testsuites name=\"sprag\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">")?;
    if findings.is_empty() {
        let name = format!("no findings in {}", plural(report.checked, "file"));
        writeln!(out, "  <testsuite name=\"sprag\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\">")?;
        writeln!(out, "    <testcase classname=\"sprag\" name=\"{name}\"/>")?;
        writeln!(out, "  </testsuite>")?;
    }
    for file in findings.chunk_by(|a, b| a.place.path == b.place.path) {
        suite(out, file)?;
    }
    writeln!(out, "</testsuites>")
}

/// The findings of one file.
fn suite(out: &mut dyn Write, findings: &[&Finding]) -> io::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    let (path, count) = (escaped(&first.place.path), findings.len());
    writeln!(out, "  <testsuite name=\"{path}\" tests=\"{count}\" failures=\"{count}\" errors=\"0\" skipped=\"0\">")?;
    for finding in findings {
        let (lint, line) = (escaped(finding.lint.as_str()), finding.place.start.line);
        writeln!(
            out,
            "    <testcase classname=\"{path}\" name=\"{lint} (line {line})\" file=\"{path}\" line=\"{line}\">"
        )?;
        let message = escaped(&finding.message);
        write!(out, "      <failure type=\"{}\" message=\"{message}\">", finding.severity.as_str())?;
        write!(out, "{path}:{line}:{}: {message}", finding.place.start.column)?;
        for label in &finding.labels {
            let (path, start) = (escaped(&label.place.path), label.place.start);
            write!(out, "\n{path}:{}:{}: {}", start.line, start.column, escaped(&label.message))?;
        }
        if let Some(help) = &finding.help {
            write!(out, "\nhelp: {}", escaped(help))?;
        }
        if let Some(url) = &finding.url {
            write!(out, "\n{}", escaped(url))?;
        }
        writeln!(out, "</failure>\n    </testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}

/// The text for an attribute or an element. Characters that XML 1.0 cannot hold at all become U+FFFD.
fn escaped(text: &str) -> Cow<'_, str> {
    let is_plain = |char: char| !matches!(char, '&' | '<' | '>' | '"' | '\'') && is_allowed(char) && !is_space(char);
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // As they are, a parser would turn them into plain spaces.
            space if is_space(space) => escaped.push_str(&format!("&#{};", u32::from(space))),
            char if is_allowed(char) => escaped.push(char),
            _ => escaped.push(char::REPLACEMENT_CHARACTER),
        }
    }
    Cow::Owned(escaped)
}

const fn is_space(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r')
}

/// The characters of XML 1.0 (production 2).
const fn is_allowed(char: char) -> bool {
    is_space(char) || matches!(char, '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, written};
    use super::*;

    #[test]
    fn first_run() {
        insta::assert_snapshot!(written(write, &Fixture::first_run().report()));
    }

    #[test]
    fn a_clean_run_is_a_passed_case() {
        insta::assert_snapshot!(written(write, &Fixture::new(&[("a.tf", "")]).report()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="sprag" tests="1" failures="0" errors="0">
          <testsuite name="sprag" tests="1" failures="0" errors="0" skipped="0">
            <testcase classname="sprag" name="no findings in 1 file"/>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn anything_becomes_text() {
        assert_eq!(
            escaped("a < b && \"c\" '\n\u{1b}\u{ffff}"),
            "a &lt; b &amp;&amp; &quot;c&quot; &#39;&#10;\u{fffd}\u{fffd}"
        );
        assert!(matches!(escaped("日本 é"), Cow::Borrowed(_)));
    }
}
