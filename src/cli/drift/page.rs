//! One scan for people, whole: what it says, what it was run on, every change, every diagnostic.

use std::fmt::Write;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::log::seconds;
use super::text::{FAINT, Look, plural, span, style};
use crate::drift::history::StoredScan;
use crate::drift::{Cause, Change, Finding, Scan};

/// So many characters of both values fit into a row beside the path, in a terminal of 80 columns or somewhat more.
const LONGEST_VALUES: usize = 60;

/// The page.
pub(super) fn write(stored: &StoredScan, now_ms: i64, look: &Look) -> String {
    let scan = &stored.scan;
    let ago = span(Duration::from_millis(u64::try_from(now_ms.saturating_sub(stored.since_ms)).unwrap_or(0)));
    let verdict = look.paint(scan.verdict.as_str(), style(scan.verdict));
    let (name, since) = (look.plain(&scan.environment), look.time(stored.since_ms));
    let mut page = format!("scan {} of {name}: {verdict} since {since} ({ago} ago)\n", stored.id);
    page.push_str(&look.table(&facts(scan, look)));
    for (title, wanted) in SECTIONS {
        let changes: Vec<&Change> = scan.changes.iter().filter(|change| wanted(change)).collect();
        write_changes(&mut page, title, &changes, look);
    }
    if !scan.findings.is_empty() {
        page.push_str("\ndiagnostics\n");
        for finding in &scan.findings {
            write_finding(&mut page, finding, look);
        }
    }
    page
}

type Wanted = fn(&Change) -> bool;

const SECTIONS: [(&str, Wanted); 4] = [
    ("drift", |change| change.ignored_by.is_none() && change.cause.is_drift()),
    ("pending", |change| change.ignored_by.is_none() && change.cause == Cause::Ahead),
    ("benign", |change| change.ignored_by.is_none() && change.cause == Cause::Benign),
    ("ignored", |change| change.ignored_by.is_some()),
];

/// Name and value of what is known beside the changes.
fn facts(scan: &Scan, look: &Look) -> Vec<Vec<(String, Style)>> {
    let mut facts: Vec<(&str, String, Style)> = Vec::new();
    let mut fact = |name, text: String, style| facts.push((name, text, style));
    let took = format!("{}, took {}", look.time(scan.started_ms), seconds(scan.duration_ms));
    fact("began", took, Style::new());
    let serial = scan.serial.map(|serial| format!("state serial {serial}"));
    let tool: Vec<String> = scan.tool.iter().map(|tool| look.plain(tool)).chain(serial).collect();
    if !tool.is_empty() {
        fact("tool", tool.join(", "), Style::new());
    }
    if let Some(checkout) = checkout(scan, look) {
        fact("code", checkout, Style::new());
    }
    let alarm = AnsiColor::Red.on_default().bold();
    if let Some(failure) = &scan.failure {
        let text = format!("{} ({}): {}", failure.kind.as_str(), failure.phase.as_str(), look.plain(&failure.message));
        fact("error", text, alarm);
        if let Some(remedy) = &failure.remedy {
            fact("remedy", look.plain(remedy), Style::new());
        }
    }
    if scan.is_suspect {
        let text = "everything seems deleted at once: check first whether the token lost its rights";
        fact("suspect", text.to_owned(), alarm);
    }
    if !scan.outputs.is_empty() {
        fact("outputs", format!("{} would change", look.plain(&scan.outputs.join(", "))), Style::new());
    }
    if scan.benign > 0 {
        fact("benign", format!("{} that the code does not mind", plural(scan.benign, "change")), Style::new());
    }
    let row = |(name, text, style): (&str, String, Style)| vec![(format!("  {name}"), FAINT), (text, style)];
    facts.into_iter().map(row).collect()
}

fn checkout(scan: &Scan, look: &Look) -> Option<String> {
    let commit = look.plain(scan.checkout.commit.as_ref()?);
    let mut text = format!("commit {}", commit.chars().take(12).collect::<String>());
    if scan.checkout.is_dirty {
        text.push_str(" and changes that are not committed");
    }
    if let Some(behind) = scan.checkout.behind.filter(|behind| *behind > 0) {
        let _ = write!(text, ", {} behind its upstream", plural(behind, "commit"));
    }
    Some(text)
}

/// The changes below their resources, which keep the order of the scan.
fn write_changes(page: &mut String, title: &str, changes: &[&Change], look: &Look) {
    if changes.is_empty() {
        return;
    }
    let _ = writeln!(page, "\n{title}");
    let mut addresses: Vec<&str> = Vec::new();
    for change in changes {
        if !addresses.contains(&change.address.as_str()) {
            addresses.push(&change.address);
        }
    }
    for address in addresses {
        let own: Vec<&&Change> = changes.iter().filter(|change| change.address == address).collect();
        let danger = match danger(&own) {
            Some(text) => look.paint(&format!("  {text}"), AnsiColor::Red.on_default().bold()),
            None => String::new(),
        };
        let _ = writeln!(page, "  {}{danger}", look.plain(address));
        let table = look.table(&own.iter().map(|change| row(change, look)).collect::<Vec<_>>());
        for (line, change) in table.lines().zip(own) {
            let _ = writeln!(page, "{line}");
            if is_long(change) {
                let (expected, actual) = (look.plain(&change.expected), look.plain(&change.actual));
                let _ = writeln!(page, "      expected {expected}\n      actual   {actual}");
            }
        }
    }
}

/// What an apply would do to a resource that nobody should do unawares.
fn danger(changes: &[&&Change]) -> Option<&'static str> {
    let is_removed = |change: &&&Change| change.path.is_empty() && change.expected == "null";
    match changes.iter().any(|change| change.flags.dangerous) {
        false => None,
        true if changes.iter().any(is_removed) => Some("an apply would destroy it"),
        true => Some("an apply would destroy and recreate it"),
    }
}

/// Whether the values have lines of their own, because the row would be too long for a terminal.
fn is_long(change: &Change) -> bool {
    change.expected.chars().count() + change.actual.chars().count() > LONGEST_VALUES
}

fn row(change: &Change, look: &Look) -> Vec<(String, Style)> {
    let path = if change.path.is_empty() { "the resource".to_owned() } else { look.plain(&change.path) };
    let flags = change.flags;
    let notes = [
        (change.cause == Cause::Conflict, "the code changed too"),
        (flags.order_only, "only the order"),
        (flags.empty_equivalent, "both are empty"),
        (flags.recurring, "comes back after every apply"),
    ];
    let notes: Vec<&str> = notes.iter().filter(|(holds, _)| *holds).map(|(_, note)| *note).collect();
    let mut row = vec![(format!("    {path}"), Style::new()), (change.kind.as_str().to_owned(), FAINT)];
    if !is_long(change) {
        row.push((format!("expected {}", look.plain(&change.expected)), Style::new()));
        row.push((format!("actual {}", look.plain(&change.actual)), Style::new()));
    }
    row.push((notes.join(", "), FAINT));
    row
}

fn write_finding(page: &mut String, finding: &Finding, look: &Look) {
    let _ = write!(page, "  {}: {}", look.plain(&finding.severity), look.plain(&finding.summary));
    for about in [&finding.address, &finding.place].into_iter().flatten() {
        let _ = write!(page, ", {}", look.plain(about));
    }
    if finding.count > 1 {
        let _ = write!(page, " ({} times)", finding.count);
    }
    page.push('\n');
    for line in finding.detail.lines().filter(|line| !line.trim().is_empty()) {
        let _ = writeln!(page, "    {}", look.plain(line));
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::drift::{ChangeKind, Flags};

    fn change(path: &str, expected: &str, cause: Cause, dangerous: bool) -> Change {
        Change {
            address: "vm.web".to_owned(),
            path: path.to_owned(),
            expected: expected.to_owned(),
            actual: "\"b\"".to_owned(),
            kind: ChangeKind::Modify,
            cause,
            flags: Flags { dangerous, order_only: true, ..Flags::default() },
            ignored_by: None,
            fingerprint: String::new(),
        }
    }

    fn written(changes: &[Change]) -> String {
        let look = Look { color: false, unicode: true, zone: TimeZone::UTC };
        let mut page = String::new();
        write_changes(&mut page, "drift", &changes.iter().collect::<Vec<_>>(), &look);
        page
    }

    #[test]
    fn long_values_have_lines_of_their_own() {
        let long = format!("\"{}\"", "x".repeat(60));
        let page = written(&[
            change("description", &long, Cause::Manual, false),
            change("name", "\"a\"", Cause::Manual, false),
        ]);
        let expected = format!(
            "\ndrift\n  vm.web\n    description  modify  only the order\n      expected {long}\n      actual   \"b\"\n    name         \
             modify  expected \"a\"    actual \"b\"  only the order\n"
        );
        assert_eq!(page, expected);
    }

    #[test]
    fn what_is_no_longer_declared_is_not_recreated() {
        let page = written(&[change("", "null", Cause::Ahead, true)]);
        assert!(page.contains("  vm.web  an apply would destroy it\n"), "{page}");
        let page = written(&[change("node_name", "\"pve\"", Cause::Manual, true)]);
        assert!(page.contains("  vm.web  an apply would destroy and recreate it\n"), "{page}");
    }
}
