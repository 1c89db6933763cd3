//! Do we reject the rule files that Prometheus rejects, and only those? Asks the real `promtool check rules`.
//!
//! Debian 12 ships promtool 2.42; the rules checked here are those of 3.x with legacy names. What 2.42 is known to judge
//! otherwise is in [`KNOWN_DIFFERENCES`]; the mutations made here do not run into it. Twelve thousand other mutations,
//! made once, brought no false alarm beyond that list, and 28 files of damaged YAML that we accept: most start with
//! `...`, or have a second document whose very first tokens are broken (the Go parser looks that far ahead).

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests are tests")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use sprag::prometheus::{Content, NameScheme, ReadOptions, read_with};

/// Files that 2.42 judges otherwise than 3.x, with the reason. `true`: 2.42 accepts.
const KNOWN_DIFFERENCES: [(&str, bool, &str); 4] = [
    ("groups: [{name: a, query_offset: 1m}]", false, "`query_offset` came with 2.53"),
    ("groups: [{name: a, labels: {a: b}}]", false, "labels of groups came with 3.0"),
    (
        "groups: [{name: a, rules: [{alert: ~, expr: up}]}]",
        true,
        "2.42 reads `alert` as a raw node, so the name is `~`; 3.x reads text, and null is the empty text",
    ),
    ("groups: [{name: !!int a}]", false, "yaml.v3 refuses tags that do not fit; nobody writes them, we read the text"),
];

/// Whole files, each with a reason to be here.
const FILES: [&str; 74] = [
    "",
    "# nothing\n",
    "groups:\n",
    "groups: []\n",
    "groups: {}\n",
    "groups: ''\n",
    "groups: 5\n",
    "- a\n",
    "text\n",
    "a: b\n",
    "~\n",
    "groups: [x]\n",
    "groups: [~]\n",
    "groups: [{}]\n",
    "groups: [[]]\n",
    "groups: [{name: ~}]\n",
    "groups: [{name: ''}]\n",
    "groups: [{name: [a]}]\n",
    "groups: [{name: 5}]\n",
    "groups: [{name: a, rules: {}}]\n",
    "groups: [{name: a, rules: ~}]\n",
    "groups: [{name: a, rules: [~]}]\n",
    "groups: [{name: a, rules: [{}]}]\n",
    "groups: [{name: a, rules: ['']}]\n",
    "groups: [{name: a}, {name: a}]\n",
    "groups: [{name: a}, {name: b}]\n",
    "groups: [{name: a, interval: 5}]\n",
    "groups: [{name: a, interval: 0}]\n",
    "groups: [{name: a, interval: ''}]\n",
    "groups: [{name: a, interval: ~}]\n",
    "groups: [{name: a, interval: !!str 5m}]\n",
    "groups: [{name: a, interval: !custom 5m}]\n",
    "groups: [{name: a, interval: {}}]\n",
    "groups: [{name: a, interval: 1.5m}]\n",
    "groups: [{name: a, interval: 5m1h}]\n",
    "groups: [{name: a, interval: -1m}]\n",
    "groups: [{name: a, interval: 300y}]\n",
    "groups: [{name: a, interval: 292y}]\n",
    "groups: [{name: a, interval: 1y2w3d4h5m6s7ms}]\n",
    "groups: [{name: a, limit: 1.5}]\n",
    "groups: [{name: a, limit: '5'}]\n",
    "groups: [{name: a, limit: ~}]\n",
    "groups: [{name: a, limit: 0x10}]\n",
    "groups: [{name: a, limit: 9223372036854775808}]\n",
    "groups: [{name: a, limit: 1e30}]\n",
    "groups: [{name: a, limit: .nan}]\n",
    "groups: [{name: a, limit: -5}]\n",
    "groups: [{name: a, limit: true}]\n",
    "groups: [{name: a, limits: 5}]\n",
    "groups: [{name: a, rules: [{alert: '', expr: up}]}]\n",
    "groups: [{name: a, rules: [{alert: [a], expr: up}]}]\n",
    "groups: [{name: a, rules: [{alert: a, record: '', expr: up}]}]\n",
    "groups: [{name: a, rules: [{alert: a, record: b, expr: up}]}]\n",
    "groups: [{name: a, rules: [{record: b, expr: up, for: 0s, annotations: {}}]}]\n",
    "groups: [{name: a, rules: [{record: b, expr: up, for: 1s}]}]\n",
    "groups: [{name: a, rules: [{record: b, expr: up, keep_firing_for: 1s}]}]\n",
    "groups: [{name: a, rules: [{record: b, expr: up, annotations: {a: b}}]}]\n",
    "groups: [{name: a, rules: [{record: b c, expr: up}]}]\n",
    "groups: [{name: a, rules: [{record: 'b{c=\"d\"}', expr: up}]}]\n",
    "groups: [{name: a, rules: [{alert: A, expr: up, labels: {a: [b]}}]}]\n",
    "groups: [{name: a, rules: [{alert: A, expr: up, labels: {a: 5, b: true, c: ~, d: 2001-12-14}}]}]\n",
    "groups: [{name: a, rules: [{alert: A, expr: up, labels: {~: b}}]}]\n",
    "groups: [{name: a, rules: [{alert: A, expr: up, labels: {'': b}}]}]\n",
    "groups: [{name: a, rules: [{alert: A, expr: up, labels: {__name__: b}}]}]\n",
    "groups: [{name: a, rules: [{alert: A, expr: up, labels: {a.b: b}}]}]\n",
    "groups: [{name: a, rules: [{alert: A, expr: up, annotations: {__name__: b}}]}]\n",
    "groups: [{name: a, rules: [{alert: A, expr: up, annotations: {a-b: b}}]}]\n",
    "groups: [{name: a, rules: [{alert: A, expr: up, annotations: {a: {{ $value }}}}]}]\n",
    "groups: [{name: a, rules: [{alert: A, expr: up, labels: ''}]}]\n",
    "groups: [{name: a, rules: [&x {alert: B, expr: up}, {<<: *x, alert: A}]}]\n",
    "groups: [{name: a, rules: [{alert: B, expr: up, <<: 5}]}]\n",
    "groups: [{name: a, rules: [&x {alert: B, expr: up}, {<<: *x, <<: *x}]}]\n",
    "groups: [{name: a, rules: [{alert: B, expr: up, ~: x}]}]\n",
    "groups: [{name: a, rules: [{alert: B, expr: up, 5: x}]}]\n",
];

/// Good files that the mutations start from.
const SEEDS: [&str; 4] = [
    "\
groups:
- name: node
  interval: 1m
  limit: 10
  rules:
  - alert: Down
    expr: up == 0
    for: 5m
    keep_firing_for: 1m
    labels:
      severity: critical
      team: infra
    annotations:
      summary: '{{ $labels.instance }} is down'
      description: \"no answer from {{ $labels.instance }}\\nfor 5 minutes\"
  - record: job:up:sum
    expr: |
      sum by (job) (
        up
      )
    labels: {kind: sum}
- name: disk
  rules:
  - alert: Full
    expr: >-
      free
      < 1
    for: 0s
",
    "\
---
# two groups, compact
groups:
  - {name: a, rules: [{alert: A, expr: up, for: 1h30m, labels: {severity: info}}]}
  - name: b
    rules: [{record: 'a:b', expr: up}]
---
ignored: true
",
    "\
groups:
- name: anchors
  rules:
  - &base
    alert: One
    expr: up > 1
    labels: &labels
      severity: warning
  - <<: *base
    alert: Two
  - alert: Three
    expr: up > 3
    labels: *labels
",
    "\u{feff}groups:\r\n- name: crlf\r\n  rules:\r\n  - alert: A\r\n    expr: |-\r\n      up\r\n    annotations:\r\n      summary: \"a\r\n        b\"\r\n",
];

/// A small generator of pseudo-random numbers (xorshift); the same files in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    fn pick<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.roll(list.len())]
    }
}

/// Changes one line.
fn mutate(source: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<String> = source.split('\n').map(str::to_owned).collect();
    let at = dice.roll(lines.len().max(2) - 1);
    let line = lines[at].clone();
    match dice.roll(9) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, line),
        2 => lines[at] = format!(" {line}"),
        3 => lines[at] = line.strip_prefix("  ").unwrap_or(&line).to_owned(),
        4 => lines.insert(
            at,
            dice.pick(&[
                "    for: 5m",
                "    exprs: up",
                "  interval: 5x",
                "    labels:",
                "---",
                "...",
                "  - ~",
                "# c",
                "",
                "      a: [",
                "    \"q\": 'x'",
                "\tx: y",
            ])
            .to_owned(),
        ),
        5 => {
            let end = if line.ends_with('\r') { "\r" } else { "" };
            let value = dice.pick(&[
                "5m",
                "5",
                "''",
                "~",
                "[a]",
                "{a: b}",
                "'it''s'",
                "\"\\x41\"",
                "a: b",
                "@a",
                "%a",
                "5m1h",
                "*nope",
                "&new x",
                "!!str x",
                "a #b",
                "|",
                "x y",
                "true",
                "- a",
                "\"open",
                "[a",
            ]);
            if let Some((key, _)) = line.split_once(": ") {
                lines[at] = format!("{key}: {value}{end}");
            }
        }
        6 => {
            let from = dice.pick(&[
                "alert",
                "record",
                "expr",
                "for",
                "labels",
                "annotations",
                "name",
                "rules",
                "groups",
                "severity",
                "interval",
                "limit",
            ]);
            let to = dice.pick(&[
                "alert",
                "record",
                "expr",
                "for",
                "labels",
                "annotations",
                "name",
                "rules",
                "summary",
                "Alert",
                "a-b",
                "__name__",
                "interval",
            ]);
            lines[at] = line.replacen(from, to, 1);
        }
        7 => {
            let other = dice.roll(lines.len());
            lines.swap(at, other);
        }
        _ => {
            lines[at] = line.replacen(
                dice.pick(&["'", "\"", ": ", "- ", "  ", "{", "}", "5m"]),
                dice.pick(&["", "'", "\"", ":", "-", "\t"]),
                1,
            );
        }
    }
    lines.join("\n")
}

/// What promtool says about a file.
#[derive(Clone, Debug, PartialEq)]
enum Verdict {
    Accepts,
    Rejects(Vec<String>),
    /// It fails for something that 3.x allows, and says nothing about the rest.
    Unknown,
}

/// The verdicts of promtool by file name. Reasons that lie in expressions and templates are left out: they are not
/// judged by the schema.
fn ask_promtool(directory: &Path, names: &[String]) -> BTreeMap<String, Verdict> {
    let output = Command::new("promtool").current_dir(directory).args(["check", "rules"]).args(names).output().unwrap();
    // Verdicts go to standard output and reasons to standard error, each in the order of the files.
    let stdout = String::from_utf8_lossy(&output.stdout);
    let checked = stdout.lines().filter_map(|line| line.strip_prefix("Checking "));
    let mut verdicts: BTreeMap<String, Verdict> = checked.map(|name| (name.to_owned(), Verdict::Accepts)).collect();
    let mut failures: Vec<(String, String)> = Vec::new();
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        if let Some((name, reason)) = line.split_once(".yml: ") {
            failures.push((format!("{name}.yml"), reason.to_owned()));
        } else if let (true, Some((name, _))) = (line.starts_with("  line "), failures.last()) {
            failures.push((name.clone(), line.trim().to_owned()));
        }
    }
    for (name, reason) in failures {
        let is_newer = ["labels", "query_offset"]
            .iter()
            .any(|key| reason.ends_with(&format!("field {key} not found in type rulefmt.RuleGroup")));
        let is_elsewhere = reason.contains("could not parse expression") || reason.contains("template: ");
        let Some(verdict) = verdicts.get_mut(&name) else { panic!("{name}: {reason}") };
        match verdict {
            _ if is_newer => *verdict = Verdict::Unknown,
            _ if is_elsewhere || reason.ends_with("unmarshal errors:") => {}
            Verdict::Accepts => *verdict = Verdict::Rejects(vec![reason]),
            Verdict::Rejects(reasons) => reasons.push(reason),
            Verdict::Unknown => {}
        }
    }
    verdicts
}

/// Why we reject a file; `None` if we accept it.
fn our_reasons(source: &str) -> Option<Vec<String>> {
    let options = ReadOptions { assume_rules: true, names: NameScheme::Legacy };
    match read_with(source.as_bytes(), options) {
        Content::Rules(file) => {
            let syntax = file.syntax_errors.iter().map(|error| error.message.clone());
            let reasons: Vec<_> =
                syntax.chain(file.violations.iter().map(|violation| violation.message.clone())).collect();
            (!reasons.is_empty()).then_some(reasons)
        }
        other => Some(vec![format!("{other:?}")]),
    }
}

/// Whether promtool is there. Where it must be and is not, the test fails.
fn has_promtool() -> bool {
    let is_there = Command::new("promtool").arg("--version").output().is_ok_and(|output| output.status.success());
    assert!(
        is_there || std::env::var("SPRAG_E2E").as_deref() != Ok("required"),
        "promtool is required and not installed"
    );
    if !is_there {
        println!("skipped: no promtool");
    }
    is_there
}

fn compare(sources: &[String]) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..sources.len()).map(|number| format!("r{number}.yml")).collect();
    for (name, source) in names.iter().zip(sources) {
        std::fs::write(directory.path().join(name), source).unwrap();
    }
    let verdicts = ask_promtool(directory.path(), &names);
    assert_eq!(verdicts.len(), names.len(), "promtool has an answer for each file");
    let mut differences = Vec::new();
    for (name, source) in names.iter().zip(sources) {
        let theirs = &verdicts[name];
        let ours = our_reasons(source);
        let agrees = match theirs {
            Verdict::Accepts => ours.is_none(),
            Verdict::Rejects(_) => ours.is_some(),
            Verdict::Unknown => true,
        };
        if !agrees {
            differences.push(format!("promtool: {theirs:?}\nours: {ours:?}\n{source:?}\n{source}\n"));
        }
    }
    differences
}

#[test]
fn the_schema_is_that_of_promtool() {
    if !has_promtool() {
        return;
    }
    let differences = compare(&FILES.map(str::to_owned));
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn mutated_files_are_judged_as_promtool_does() {
    if !has_promtool() {
        return;
    }
    let mut dice = Dice(0x5eed_1234_abcd_0001);
    let mut sources: Vec<String> = SEEDS.map(str::to_owned).into();
    for _ in 0..600 {
        let mut source = SEEDS[dice.roll(SEEDS.len())].to_owned();
        for _ in 0..=dice.roll(2) {
            source = mutate(&source, &mut dice);
        }
        sources.push(source);
    }
    let differences = compare(&sources);
    assert!(differences.is_empty(), "{} of {} differ:\n{}", differences.len(), sources.len(), differences.join("\n"));
    let rejected = sources.iter().filter(|source| our_reasons(source).is_some()).count();
    assert!(rejected > 200 && sources.len() - rejected > 100, "{rejected} of {} rejected", sources.len());
}

#[test]
fn known_differences_are_still_there() {
    if !has_promtool() {
        return;
    }
    let version = Command::new("promtool").arg("--version").output().unwrap();
    if !String::from_utf8_lossy(&version.stdout).contains("version 2.42") {
        println!("skipped: promtool is not 2.42");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    for (source, accepts, reason) in KNOWN_DIFFERENCES {
        std::fs::write(directory.path().join("r.yml"), source).unwrap();
        let verdicts = ask_promtool(directory.path(), &["r.yml".to_owned()]);
        assert_eq!(verdicts["r.yml"] == Verdict::Accepts, accepts, "{source}: {reason}");
        assert_eq!(our_reasons(source).is_some(), accepts, "{source}: {reason}");
    }
}
