//! What people see. Snapshots are read before they are accepted.

use proptest::prelude::*;

use super::super::fixture::{Fixture, written};
use super::super::text::is_hidden;
use super::*;

fn drawn(fixture: &Fixture) -> String {
    written(write, &fixture.report())
}

/// A finding at `start..end` of `text`, drawn.
fn draw(text: &[u8], start: usize, end: usize, options: Options) -> String {
    let mut fixture = Fixture::new(&[("a.tf", "")]);
    fixture.set_text(0, text);
    fixture.add(0, "", Severity::Error, "terraform/syntax", "m");
    fixture.last().location.span = (start..end).into();
    fixture.last().note = "here".into();
    fixture.options = options;
    drawn(&fixture)
}

#[test]
fn first_run() {
    insta::assert_snapshot!(drawn(&Fixture::first_run()));
}

#[test]
fn first_run_on_a_wide_terminal() {
    let mut fixture = Fixture::first_run();
    fixture.options.width = 200;
    insta::assert_snapshot!(drawn(&fixture));
}

#[test]
fn first_run_in_colour() {
    let mut fixture = Fixture::first_run();
    fixture.options.color = true;
    let text = drawn(&fixture);
    insta::assert_snapshot!(text.replace('\x1b', "␛"));
    assert_eq!(strip(&text), drawn(&Fixture::first_run()), "colours change nothing else");
}

/// The text without colours.
fn strip(text: &str) -> String {
    let plain = regex::Regex::new("\x1b\\[[0-9;]*m").unwrap().replace_all(text, "").into_owned();
    plain.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn first_run_in_ascii_with_notes() {
    let mut fixture = Fixture::first_run();
    fixture.options = Options { unicode: false, show_notes: true, ..Options::default() };
    let text = drawn(&fixture);
    assert!(text.is_ascii());
    insta::assert_snapshot!(text);
}

#[test]
fn hostile_sources() {
    let mut fixture = Fixture::hostile();
    fixture.options.all = true;
    let text = drawn(&fixture);
    assert!(!text.contains(|char| char != '\n' && is_hidden(char)), "{text:?}");
    insta::assert_snapshot!(text);
    fixture.options.unicode = false;
    insta::assert_snapshot!("hostile_sources_in_ascii", drawn(&fixture));
}

#[test]
fn links_the_name_of_the_lint() {
    let mut fixture = Fixture::new(&[("a.tf", "a = 1\n")]);
    fixture.add(0, "a", Severity::Warning, "terraform/unsorted-tags", "m");
    fixture.options.hyperlinks = true;
    let first = drawn(&fixture).lines().next().map(str::to_owned).unwrap();
    let link = "\x1b]8;;https://example.org/lints/terraform/unsorted-tags\x1b\\terraform/unsorted-tags\x1b]8;;\x1b\\";
    assert_eq!(first, format!("warning[{link}]: m"));
}

#[test]
fn thousands_of_findings_take_three_places_unless_all_are_asked_for() {
    let text: String = (0..5000).map(|number| format!("a{number} = 1\n")).collect();
    let mut fixture = Fixture::new(&[("a.tf", &text)]);
    for number in 0..5000 {
        fixture.add(0, &format!("a{number} "), Severity::Error, "terraform/syntax", &format!("number {number}"));
    }
    let short = drawn(&fixture);
    assert!(short.lines().count() < 30, "{short}");
    assert!(short.ends_with("\n\n+4997 more: sprag lint --select terraform/syntax\n\n"), "{short}");
    fixture.options.all = true;
    let long = drawn(&fixture);
    assert_eq!(long.matches("error[terraform/syntax]").count(), 5000);
    assert!(!long.contains("more:"));
}

#[test]
fn copies_are_joined_only_across_files() {
    let mut fixture = Fixture::new(&[("a/main.tf", "x\nx\n"), ("b/main.tf", "x\nx\n"), ("b/other.tf", "x\n")]);
    for (file, at) in [(0, 0), (0, 2), (1, 0), (1, 2), (2, 0)] {
        fixture.add(file, "", Severity::Error, "terraform/syntax", "m");
        fixture.last().location.span = (at..at + 1).into();
    }
    let text = drawn(&fixture);
    let also: Vec<_> = text.lines().filter(|line| line.starts_with("  also")).collect();
    assert_eq!(also, ["  also: b/main.tf:1", "  also: b/main.tf:2"]);
    assert_eq!(text.matches("╭─[").count(), 3, "{text}");
}

#[test]
fn many_copies_and_labels_are_counted() {
    let paths: Vec<String> = (0..20).map(|number| format!("environments/e{number:02}/main.tf")).collect();
    let files: Vec<_> = paths.iter().map(|path| (path.as_str(), "x = 1\n")).collect();
    let mut fixture = Fixture::new(&files);
    for file in 0..20 {
        fixture.add(file, "x", Severity::Error, "terraform/syntax", "m");
    }
    fixture.add(0, "x", Severity::Error, "terraform/cycle", "a cycle");
    for file in 1..20 {
        fixture.label(file, "1", "by this");
    }
    insta::assert_snapshot!(drawn(&fixture));
}

#[test]
fn labels_far_apart_in_one_file() {
    let text: String = (1..200).map(|number| format!("line{number}\n")).collect();
    let mut fixture = Fixture::new(&[("a.tf", &text)]);
    fixture.add(0, "line150", Severity::Warning, "terraform/syntax", "never closed");
    fixture.last().note = "expected `}`".into();
    fixture.label(0, "line9\n", "opened here");
    insta::assert_snapshot!(drawn(&fixture));
}

#[test]
fn a_text_that_shrank_or_is_gone_is_no_trouble() {
    let mut fixture = Fixture::new(&[("a.tf", "a = 1\nb = 2\nc = 3\n")]);
    fixture.add(0, "c", Severity::Error, "terraform/syntax", "m");
    let before = fixture.findings().len();
    fixture.set_text(0, b"a\n");
    assert!(drawn(&fixture).contains("╭─[a.tf:3:1]"));
    fixture.set_text(0, b"");
    assert!(drawn(&fixture).contains("  at a.tf:3:1\n\n"));
    assert_eq!(before, 1);
}

#[test]
fn a_label_at_the_far_right_gets_room() {
    let mut fixture = Fixture::new(&[("a.tf", &format!("a = [{}NEEDLE]\n", "1, ".repeat(20)))]);
    fixture.add(0, "NEEDLE", Severity::Error, "terraform/syntax", "m");
    fixture.last().note = "expected a number, a string or the end of the list".into();
    let text = drawn(&fixture);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_said_of_a_directory_is_not_lost() {
    let mut fixture = Fixture::new(&[("modules/dns/", ""), ("modules/web/", "")]);
    fixture.add(0, "", Severity::Warning, "tftest/no-regression-test", "m");
    fixture.last().note = "no `tests` directory".into();
    fixture.label(1, "", "unlike this one");
    let text = drawn(&fixture);
    assert!(text.contains("\n  in modules/dns/: no `tests` directory\n  in modules/web/: unlike this one\n"), "{text}");
}

#[test]
fn a_label_that_is_too_long_is_wrapped() {
    let options = Options { width: 40, ..Options::default() };
    let mut fixture = Fixture::new(&[("a.tf", "a = 1\n")]);
    fixture.options = options;
    fixture.add(0, "1", Severity::Error, "terraform/syntax", "m");
    fixture.last().note = "expected a string, because the variable has the type string".into();
    let text = drawn(&fixture);
    assert!(text.lines().all(|line| line.chars().count() <= 40), "{text}");
    assert_eq!(text.matches("expected").count(), 1);
}

proptest! {
    /// Whatever the bytes and the span are: no panic, nothing hidden gets through, nothing is wider than the terminal.
    #[test]
    fn survives_any_text(
        text in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'\n'), Just(b'\t'), Just(b'a'), Just(b'\r')], 0..300),
        start in 0_usize..320, length in 0_usize..320, width in 0_usize..120, unicode: bool,
    ) {
        let drawn = draw(&text, start, start + length, Options { width, unicode, ..Options::default() });
        prop_assert!(!drawn.contains(|char| char != '\n' && is_hidden(char)), "{drawn:?}");
        prop_assert!(!drawn.contains("Failed to read"), "{drawn}");
        if !text.is_empty() && (start > 0 || length > 0) {
            prop_assert!(drawn.contains("here"), "{drawn}");
        }
    }

    /// The underline of a word stands below the word, and above what is wider than the terminal there is an ellipsis.
    #[test]
    fn underlines_what_is_meant(before in "[a-z \t]{0,200}", after in "[a-z \t]{0,200}", width in 40_usize..120) {
        let text = format!("x\n{before}NEEDLE{after}\ny\n");
        let at = text.find("NEEDLE").unwrap();
        let drawn = draw(text.as_bytes(), at, at + 6, Options { width, ..Options::default() });
        let lines: Vec<Vec<char>> = drawn.lines().map(|line| line.chars().collect()).collect();
        let line = lines.iter().position(|line| line.iter().collect::<String>().contains("NEEDLE")).unwrap();
        let column = lines[line + 1].iter().position(|char| *char == '─').unwrap();
        prop_assert_eq!(lines[line][column..column + 6].iter().collect::<String>(), "NEEDLE", "{}", drawn);
        prop_assert!(lines.iter().all(|line| line.len() <= width), "{}", drawn);
    }
}
