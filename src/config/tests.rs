//! The language as a whole: what every mistake says, and that what is printed reads back.

use std::fmt::Write;

use proptest::prelude::*;

use super::*;
use crate::source::LineIndex;

const LINTS: &[&str] = &[
    "alerts/missing-description",
    "alerts/missing-for",
    "alerts/missing-required-alert",
    "alerts/missing-severity",
    "alerts/missing-summary",
    "alerts/required-alert-differs",
    "alerts/too-few-alerts",
    "alerts/uncovered-domain",
    "alerts/unknown-severity",
    "promql/unknown-label",
    "promql/unknown-metric",
    "proxmox/description-default",
    "proxmox/disabled-backup",
    "proxmox/empty-vmids",
    "proxmox/minio-outputs",
    "proxmox/retention-format",
    "proxmox/scsi-controller",
    "proxmox/security-updates-unconditional",
    "proxmox/snippet-datastore",
    "proxmox/ssh-key-algorithm",
    "proxmox/unsorted-tags",
    "sprag/config",
    "terraform/undocumented-variable",
    "terraform/unused-declaration",
    "tftest/missing-regression-file",
    "tftest/uncovered-invariant",
];

const DOCUMENTATION: &str = include_str!("../../docs/configuration.md");

fn parse(text: &str) -> (Config, Vec<Diagnostic>) {
    Config::parse(text.as_bytes(), FileId(0), LINTS)
}

/// One line for each diagnostic: `line:column-column message | help`.
fn findings(text: &str, diagnostics: &[Diagnostic]) -> String {
    let index = LineIndex::new(text.as_bytes());
    let mut out = String::new();
    for diagnostic in diagnostics {
        let start = index.position(text.as_bytes(), diagnostic.location.span.start);
        let marked = diagnostic.location.span.text(text.as_bytes()).lines().next().unwrap_or("");
        let kind = if diagnostic.severity == Severity::Error { "" } else { "warning: " };
        let _ = write!(out, "{}:{} ‹{marked}› {kind}{}", start.line, start.column, diagnostic.message);
        if let Some(help) = &diagnostic.help {
            let _ = write!(out, " | {help}");
        }
        out.push('\n');
    }
    out
}

const MISTAKES: &[&str] = &[
    // names
    "lnit {}",
    "ignore = [\"terraform\"]",
    "alerts { minimun = 26 }",
    "alerts { colour = 26 }",
    "lint = { ignore = [] }",
    "lint {\n  severity {}\n}",
    "drift {\n  notify \"metrics\" { url = \"http://x\" }\n}",
    // blocks
    "lint {}\nlint {}",
    "lint \"x\" {}",
    "alerts {\n  require {}\n}",
    "alerts {\n  require \"A\" {}\n  require \"A\" {}\n}",
    "drift {\n  environment \"prod\" {}\n}",
    "drift {\n  environment \"../prod\" { directory = \"x\" }\n}",
    // types
    "lint { ignore = \"terraform\" }",
    "lint { ignore = [1] }",
    "alerts { minimum = \"26\" }",
    "alerts { minimum = 0 }",
    "alerts { minimum = -1 }",
    "alerts { minimum = 2.5 }",
    "alerts { prometheus = \"1.8\" }",
    "alerts { prometheus = \"latest\" }",
    "terraform { version = 1.9 }",
    "terraform { version = null }",
    "drift {\n  environment \"prod\" {\n    directory = \"x\"\n    lock      = \"no\"\n  }\n}",
    "alerts { domains = { hosts = \"node_*\" } }",
    "alerts { domains = [] }",
    // literals
    "lint { severity = { \"terraform\" = warning } }",
    "regression { file = var.file }",
    "regression { file = \"${path.module}/x\" }",
    "lint { ignore = concat([], []) }",
    "lint { ignore = [for x in [] : x] }",
    // values
    "preset = \"homelap\"",
    "lint { severity = { \"terraform\" = \"warnig\" } }",
    "lint { severity = { \"terraform\" = \"off\" } }",
    "lint { ignore = [\"terraform/unused-declarations\", \"unsorted-tags\", \"promq\"] }",
    "lint { severity = { \"no/such-thing-anywhere\" = \"error\" } }",
    "lint { inputs = { \"proxmox\" = { datastore = \"local\" } } }",
    "lint { exclude = [\"a[\", \"../b\", \"\"] }",
    "lint { ignore = [\"terraform\", \"terraform\"] }",
    "lint {\n  severity = {\n    terraform = \"note\"\n    terraform = \"error\"\n  }\n}",
    "override { ignore = [\"terraform\"] }",
    "override { paths = [] }",
    "regression { version = \"v(\\\\d+\" }",
    "regression { version = \"x*\" }",
    "terraform { version = \">= 1.9\" }",
    "alerts {\n  severities = [\"info\", \"warning\"]\n  require \"A\" {\n    severity = \"waring\"\n    for      = \"5 minutes\"\n  }\n}",
    "preset = \"homelab\"\nalerts { severities = [\"page\"] }",
    // drift
    "drift {\n  environment \"prod\" {\n    directory = \"x\"\n    schedule  = \"0 6 * * *\"\n    timeout   = \"0s\"\n    interval  = \"7d\"\n  }\n}",
    "drift {\n  environment \"prod\" {\n    directory    = \"x\"\n    timeout      = \"5m\"\n    lock_timeout = \"10m\"\n  }\n}",
    "drift {\n  environment \"prod\" {\n    directory = \"x\"\n    reach     = [\"ftp://pve\", \"tcp://nas\", \"pve:8006\", \"https://a:b@pve\"]\n  }\n}",
    "drift {\n  environment \"prod\" {\n    directory = \"x\"\n    ignore {\n      attribute = \"tags\"\n      until     = \"2026-02-30\"\n    }\n  }\n}",
    "drift {\n  notify \"alertmanager\" { url = \"http://am:9093\" }\n  notify \"metrics\" {}\n}",
    "drift {\n  notify \"metrics\" {}\n}",
    "drift {\n  notify \"telegram\" {}\n}",
    "drift {\n  notify \"alertmanager\" {\n    url             = \"ssh://am\"\n    basic_auth_file = \"a\"\n    bearer_file     = \"b\"\n  }\n}",
    "drift {\n  history { keep = \"7d\" }\n}",
    "drift {\n  inventory \"proxmox\" {\n    endpoint = \"https://pve:8006\"\n    ignore { reason = \"x\" }\n  }\n}",
    "drift {\n  report {}\n}",
    // invariants
    "resource_invariant \"x\" {}",
    "resource_invariant \"x\" \"a b\" {\n  enforce {\n    condition = attrs.a\n  }\n}",
    "module_invariant \"x\" \"y\" {\n  guarantee = \"all\"\n  fixed = \"v1\"\n  given {\n    x {}\n  }\n}",
    "call_invariant \"x\" \"y\" {\n  enforce {\n    condition     = true\n    error_message = \"\"\n  }\n}\ndata_invariant \"x\" \"y\" {\n  enforce {\n    condition     = true\n    error_message = \"\"\n  }\n}",
    "resource_invariant \"x\" \"y\" {\n  enforce {\n    condition     = attrs.a\n    error_message = \"\"\n    fix {\n      applicability = \"sure\"\n      replacement   = 1\n    }\n  }\n}",
    // syntax
    "lint {\n  ignore = [\n}\nlnit {}",
    "alerts { minimum = }",
];

#[test]
fn mistakes() {
    let mut out = String::new();
    for text in MISTAKES {
        let (_, diagnostics) = parse(text);
        assert!(!diagnostics.is_empty(), "no finding in {text}");
        assert!(diagnostics.iter().all(|diagnostic| diagnostic.lint == CONFIG_LINT));
        let _ = write!(out, "{text}\n---\n{}\n", findings(text, &diagnostics));
    }
    insta::assert_snapshot!(out);
}

/// The examples of the documentation, each a configuration of its own.
fn examples() -> Vec<&'static str> {
    let fenced = DOCUMENTATION.split("```hcl\n").skip(1);
    fenced.filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn examples_of_the_documentation_are_right() {
    assert!(examples().len() > 5);
    for text in examples() {
        let (_, diagnostics) = parse(text);
        assert_eq!(findings(text, &diagnostics), "", "{text}");
    }
}

#[test]
fn the_preset_is_right() {
    for preset in PRESETS {
        let (_, diagnostics) = parse(preset.text);
        assert_eq!(findings(preset.text, &diagnostics), "");
        let (named, _) = parse(&format!("preset = \"{}\"", preset.name));
        assert_eq!(named, parse(preset.text).0);
    }
}

#[test]
fn without_configuration_there_is_no_policy() {
    let config = Config::default();
    assert_eq!(config, parse("").0);
    assert_eq!(config.alerts, Alerts::default());
    assert_eq!(config.lint, LintSettings::default());
    assert_eq!(config.regression.file, None);
    assert!(config.drift.environments.is_empty());
}

#[test]
fn the_user_wins_over_the_preset() {
    let text = "preset = \"homelab\"\n\
        lint { severity = { \"proxmox/scsi-controller\" = \"error\" } }\n\
        alerts {\n\
          minimum = 30\n\
          domains = { drift = [], backups = [\"restic_*\"] }\n\
          require \"HighLoadAverage\" { for = \"15m\" }\n\
        }\n";
    let (config, diagnostics) = parse(text);
    assert_eq!(findings(text, &diagnostics), "");
    let alerts = &config.alerts;
    let minimum = alerts.minimum.as_ref().unwrap();
    assert_eq!((minimum.value, minimum.location().unwrap().span.text(text.as_bytes())), (30, "30"));
    assert_eq!(alerts.domains.len(), 7);
    let domain = |name: &str| alerts.domains.iter().find(|entry| *entry.key == name).unwrap();
    assert!(domain("drift").value.is_empty());
    assert_eq!(domain("backups").value[0].0, "restic_*");
    assert_eq!(alerts.require.len(), 5);
    let load = alerts.require.iter().find(|alert| *alert.name == "HighLoadAverage").unwrap();
    assert_eq!(load.for_.as_ref().unwrap().as_secs(), 900);
    let severity = load.severity.as_ref().unwrap();
    assert_eq!(severity.value, "warning");
    let asked = severity.location().unwrap().span.text(text.as_bytes());
    assert_eq!(asked, "\"homelab\"", "a preset's value stands where the preset is named");
    assert!(matches!(severity.origin, Origin::Preset { name: "homelab", .. }));
    assert_eq!(config.lint.rules.severity.len(), 2);
}

fn printed(text: &str, config: &Config) -> String {
    let index = LineIndex::new(text.as_bytes());
    let line = |location: crate::diagnostic::Location| index.position(text.as_bytes(), location.span.start).line;
    render(config, &|location| format!(".sprag.hcl:{}", line(location)))
}

fn assert_reads_back(text: &str) {
    let (config, _) = parse(text);
    let printed = printed(text, &config);
    let (again, diagnostics) = parse(&printed);
    let errors: Vec<_> = diagnostics.into_iter().filter(|found| found.severity == Severity::Error).collect();
    assert_eq!(findings(&printed, &errors), "", "{printed}");
    assert_eq!(again, config, "{printed}");
}

#[test]
fn prints_the_resolved_configuration() {
    let text = "preset = \"homelab\"\nalerts {\n  minimum = 30\n  domains = { lifecycle = [\"cert_*\"] }\n}\n\
        drift {\n  environment \"prod\" { directory = \"environments/prod\" }\n}\n";
    let (config, _) = parse(text);
    insta::assert_snapshot!(printed(text, &config));
}

#[test]
fn what_is_printed_reads_back() {
    assert_reads_back("");
    examples().into_iter().for_each(assert_reads_back);
}

#[test]
fn files_of_invariants_hold_nothing_else() {
    let text = "lint {}\nresource_invariant \"a_b\" \"c\" {\n  severity = \"note\"\n  enforce {\n    condition     = attrs.x\n    error_message = \"no\"\n  }\n}\n";
    let (invariants, diagnostics) = parse_invariants(text.as_bytes(), FileId(0));
    insta::assert_snapshot!(findings(text, &diagnostics), @"1:1 ‹lint› unknown block `lint` | a file of invariants takes `resource_invariant`, `data_invariant`, `module_invariant`, `call_invariant`");
    assert_eq!(invariants.len(), 1);
    assert_eq!(invariants[0].name.0, "c");
    assert_eq!(invariants[0].severity.as_ref().map(|severity| severity.value), Some(Severity::Note));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Config::parse(&bytes, FileId(0), LINTS);
        let _ = parse_invariants(&bytes, FileId(0));
    }

    #[test]
    fn mutated_configurations_never_panic_and_read_back(
        example in 0..64_usize,
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0..12_usize), 1..6),
    ) {
        const PIECES: [&str; 12] = ["", "\"", "{", "}", "[", "]", "=", "\n", "x", "${", "-1", "é"];
        let examples = examples();
        let mut letters: Vec<String> = examples[example % examples.len()].chars().map(String::from).collect();
        for (at, piece) in edits {
            let at = at.index(letters.len());
            letters[at] = PIECES[piece].to_owned();
        }
        let text = letters.concat();
        let (config, diagnostics) = parse(&text);
        let printed = printed(&text, &config);
        if diagnostics.is_empty() {
            prop_assert_eq!(parse(&printed).0, config);
        }
    }

    #[test]
    fn strings_read_back(text in "[a-z$%{}\"\\\\\\n\\t é\u{1}]{1,12}") {
        prop_assume!(!text.trim().is_empty());
        let mut config = Config::default();
        config.lint.baseline = Some(Located::default(text));
        let printed = render(&config, &|_| String::new());
        let (again, diagnostics) = parse(&printed);
        prop_assert!(diagnostics.is_empty(), "{}", findings(&printed, &diagnostics));
        prop_assert_eq!(again, config);
    }
}
