use super::*;
use crate::source::Span;

const GOOD: &str = "\
# sprag: a comment
groups:
- name: node
  interval: 1m
  query_offset: 30s
  limit: 10
  labels: {team: infra, severity: info}
  rules:
  - alert: Down
    expr: |
      up
      == 0
    for: 5m
    keep_firing_for: 1m
    labels:
      severity: critical
    annotations:
      summary: 'it''s {{ $value }}'
  - record: job:up:sum
    expr: sum by (job) (up)
";

fn rules(source: &str) -> RuleFile {
    match read(source.as_bytes()) {
        Content::Rules(file) => file,
        other => panic!("{other:?} for {source}"),
    }
}

/// Each violation as `text at its place|message|help`.
fn violations(source: &str) -> Vec<String> {
    let describe = |violation: &Violation| {
        let help = violation.help.as_deref().unwrap_or_default();
        format!("{}|{}|{help}", violation.span.text(source.as_bytes()), violation.message)
    };
    rules(source).violations.iter().map(describe).collect()
}

#[test]
fn reads_a_rule_file_with_places() {
    let file = rules(GOOD);
    let text = |span: Span| span.text(GOOD.as_bytes());
    assert!(file.violations.is_empty() && file.syntax_errors.is_empty() && file.ignored.is_empty());
    assert_eq!(text(file.comments[0].span), "# sprag: a comment");
    let [set] = &file.sets[..] else { panic!("{:?}", file.sets) };
    assert_eq!((&set.origin, set.dialect, set.complete), (&Origin::File, Dialect::Prometheus, true));
    let [group] = &set.groups[..] else { panic!("{:?}", set.groups) };
    assert_eq!(group.interval.as_ref().unwrap().value, Some(Duration::from_millis(60_000)));
    assert_eq!(text(group.query_offset.as_ref().unwrap().span), "30s");
    assert_eq!(group.limit.as_ref().unwrap().value, Some(10));
    assert_eq!(group.language, Language::PromQl);
    let [alert, record] = &group.rules[..] else { panic!("{:?}", group.rules) };
    assert!(alert.is_alert() && !record.is_alert());
    assert_eq!((alert.number, record.number), (1, 2));
    assert_eq!(text(alert.place()), "Down");
    assert_eq!(text(alert.for_.as_ref().unwrap().key), "for");
    assert_eq!(text(alert.name().unwrap().key), "alert");
    let expr = alert.expr.as_ref().unwrap();
    assert_eq!(expr.value, "up\n== 0\n");
    assert_eq!(text(expr.map.span(3..7)), "== 0");
    let summary = &alert.annotation("summary").unwrap().value;
    assert_eq!(summary.value, "it's {{ $value }}");
    assert_eq!(text(summary.map.span(2..3)), "''");
    assert_eq!(text(summary.map.span(5..17)), "{{ $value }}");
    assert_eq!(file.alerts().count(), 1);
    assert_eq!(group.label_of(record, "severity").unwrap().value.value, "info");
    let identity = group.identity_of(alert).unwrap();
    let labels: Vec<_> = identity.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!((identity.name, labels.join(",").as_str()), ("Down", "severity=critical,team=infra"));
}

#[test]
fn violations_have_places_and_help() {
    let group = |body: &str| format!("groups:\n- name: g\n  rules:\n{body}");
    for (body, expected) in [
        ("  - alret: A\n    expr: up\n", vec!["alret|unknown key `alret` in a rule|did you mean `alert`?"]),
        (
            "  - alert: A\n    expr: up\n    severity: page\n",
            vec!["severity|unknown key `severity` in a rule|labels are set below `labels:`"],
        ),
        ("  - alert: A\n    query: up\n", vec!["query|unknown key `query` in a rule|the expression is `expr:`"]),
        (
            "  - alert: A\n    expr: up\n    interval: 5m\n",
            vec!["interval|unknown key `interval` in a rule|`interval` belongs to a group: check the indentation"],
        ),
        ("  - alert: A\n", vec!["A|a rule must have an `expr` that is not empty|"]),
        ("  - expr: up\n", vec!["expr|a rule must have an `alert` or a `record` that is not empty|"]),
        (
            "  - alert: A\n    record: b\n    expr: up\n",
            vec!["record|a rule has either `alert` or `record`, not both|"],
        ),
        (
            "  - record: a\n    expr: up\n    for: 5m\n    annotations: {a: b}\n",
            vec![
                "for|a recording rule has no `for`|delete `for`",
                "annotations|a recording rule has no `annotations`|delete `annotations`",
            ],
        ),
        (
            "  - record: up{a=\"b\"}\n    expr: up\n",
            vec![
                "up{a=\"b\"}|`up{a=\"b\"}` is not a name for a recording rule|a name has no braces: selectors belong in `expr`, labels below `labels`",
            ],
        ),
        (
            "  - alert: A\n    expr: up\n    for: 5min\n",
            vec![
                "5min|`5min` is not a duration: the units are y, w, d, h, m, s, ms|write it like `30s`, `5m`, `1h30m` or `2d`",
            ],
        ),
        (
            "  - alert: A\n    expr: up\n    annotations: {summary: {{ $value }}}\n",
            vec!["{{ $value }}|`summary` must be text, not a mapping|put quotes around a value that starts with `{{`"],
        ),
        ("  - alert: A\n    expr: [up]\n", vec!["[up]|`expr` must be text, not a list|"]),
        (
            "  - alert: A\n    expr: up\n    labels: {__name__: x}\n",
            vec![
                "__name__|`__name__` is not allowed as the name of a label|`__name__` is the metric name: a rule sets it with `record`",
            ],
        ),
        ("  - ~\n  - alert: A\n    expr: up\n", vec![]),
    ] {
        assert_eq!(violations(&group(body)), expected, "{body}");
    }
    assert_eq!(
        violations("groups:\n- name: a\n  rules: []\n- name: a\n  limit: lots\n"),
        [
            "a|group name `a` is repeated in the same file|move its rules into the first one, or rename one of the two",
            "lots|`limit` must be a whole number, not text|"
        ]
    );
    assert_eq!(
        violations("groups:\n- rules: [{alert: A, expr: up}]\n"),
        ["rules|a group must have a `name` that is not empty|"]
    );
}

#[test]
fn one_mistake_leaves_the_rest() {
    let file = rules(
        "groups:\n- name: g\n  interval: soon\n  rules:\n  - alert: A\n    expr: up\n    for: [x]\n    labels: no\n  - alert: B\n    expr: up\n    for: 1m\n",
    );
    assert_eq!(file.violations.len(), 3);
    assert_eq!(file.groups().next().unwrap().interval.as_ref().unwrap().value, None);
    let names: Vec<_> = file.alerts().map(|(_, rule)| rule.name().unwrap().value.as_str()).collect();
    assert_eq!(names, ["A", "B"]);
    assert_eq!(file.violations[0].subject, "g");
    assert_eq!(file.violations[1].subject, "A");
}

#[test]
fn a_syntax_error_leaves_what_stands_before_it() {
    let source = "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n  - alert: B\n    expr: \"up\n";
    let file = rules(source);
    assert_eq!(file.syntax_errors.len(), 1);
    // The second rule lacks its expression because of the error: not worth a second complaint.
    assert!(file.violations.is_empty(), "{:?}", file.violations);
    assert_eq!(file.alerts().count(), 2);
    assert!(!file.sets[0].complete);
    let broken_early = rules("groups:\n\t- name: g\n  rules:\n  - alert: A\n    expr: up\n");
    assert_eq!(broken_early.syntax_errors.len(), 1);
}

#[test]
fn further_documents_are_ignored() {
    let source = format!("{GOOD}---\ngroups:\n- name: lost\n  rules: [\n---\n---\n# nothing\n");
    let file = rules(&source);
    assert!(file.syntax_errors.is_empty(), "a broken second document is ignored as well");
    assert_eq!(file.sets.len(), 1);
    let [ignored] = &file.ignored[..] else { panic!("{:?}", file.ignored) };
    assert!(ignored.text(source.as_bytes()).starts_with("---\ngroups:\n- name: lost"));
    // The first document counts, even if it is empty.
    let file = rules(&format!("---\n---\n{GOOD}"));
    assert_eq!((file.groups().count(), file.ignored.len()), (0, 1));
}

#[test]
fn other_readers_read_all_documents() {
    for key in ["namespace: a", "# "] {
        let first = format!("{key}\ngroups:\n- name: g\n  concurrency: 2\n  rules:\n  - alert: A\n    expr: up\n");
        let file = rules(&format!("{first}---\n{first}"));
        assert_eq!((file.sets.len(), file.ignored.len(), file.violations.len()), (2, 0, 0), "{:?}", file.violations);
    }
}

#[test]
fn an_unknown_alias_is_one_mistake() {
    let file = rules("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: *nope\n");
    assert_eq!((file.syntax_errors.len(), file.violations.len()), (1, 0), "{:?}", file.violations);
}

#[test]
fn a_mistake_behind_an_anchor_is_reported_once() {
    let body = "  - alert: A\n    expr: up\n    labels: &l {a: [x]}\n  - alert: B\n    expr: up\n    labels: *l\n";
    assert_eq!(violations(&format!("groups:\n- name: g\n  rules:\n{body}")), ["[x]|`a` must be text, not a list|"]);
}

#[test]
fn manifests_lists_and_config_maps() {
    let source = "\
apiVersion: v1
kind: Namespace
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: one}
spec:
  groups:
  - name: g
    rules:
    - alert: A
      expr: up
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: two}
  data:
    other.txt: groups of rules and their expr
    rules.yml: |
      # inner comment
      groups:
      - name: g
        rules:
        - alert: B
          expr: >-
            up
            == 0
          sumary: x
";
    let file = rules(source);
    let text = |span: Span| span.text(source.as_bytes());
    assert_eq!(file.sets.len(), 2);
    assert_eq!(
        file.sets[0].origin,
        Origin::Manifest { kind: "PrometheusRule".to_owned(), name: Some("one".to_owned()) }
    );
    assert_eq!(file.sets[1].origin, Origin::ConfigMap { name: Some("two".to_owned()), key: "rules.yml".to_owned() });
    assert!(file.ignored.is_empty());
    let (_, rule) = file.alerts().nth(1).unwrap();
    let expr = rule.expr.as_ref().unwrap();
    assert_eq!(expr.value, "up == 0");
    assert_eq!(text(expr.map.span(0..7)), "up\n            == 0");
    assert_eq!(text(expr.map.span(3..5)), "==");
    assert_eq!(text(rule.place()), "B");
    assert_eq!(text(file.comments[0].span), "# inner comment");
    // Group names may be the same: each is a file of its own.
    let [violation] = &file.violations[..] else { panic!("{:?}", file.violations) };
    assert_eq!(text(violation.span), "sumary");
}

#[test]
fn dialects() {
    let dialect = |group: &str, expr: &str, rule: &str| {
        let file = rules(&format!("groups:\n- name: g\n{group}  rules:\n  - alert: A\n    expr: {expr}\n{rule}"));
        assert!(file.violations.is_empty(), "{:?}", file.violations);
        (file.sets[0].dialect, file.sets[0].groups[0].language)
    };
    assert_eq!(dialect("", "up == 0", ""), (Dialect::Prometheus, Language::PromQl));
    assert_eq!(dialect("  partial_response_strategy: warn\n", "up", ""), (Dialect::Thanos, Language::PromQl));
    assert_eq!(dialect("  concurrency: 2\n", "up", "    for: 1.5m\n"), (Dialect::VictoriaMetrics, Language::MetricsQl));
    assert_eq!(dialect("  type: graphite\n", "x", "    debug: true\n"), (Dialect::VictoriaMetrics, Language::Graphite));
    assert_eq!(dialect("  source_tenants: [a]\n", "up", ""), (Dialect::Mimir, Language::PromQl));
    assert_eq!(dialect("", "'sum(rate({app=\"x\"} |= \"err\" [5m])) > 1'", ""), (Dialect::Loki, Language::LogQl));
}

#[test]
fn other_files_are_left_alone() {
    for source in [
        "a: b\n",
        "",
        "groups: [admin, users]\nrules: none\nexpr: 1\n",
        "apiVersion: 1\ngroups:\n- orgId: 1\n  name: g\n  folder: f\n  rules:\n  - uid: x\n    title: T\n    condition: A\n    data: [{model: {expr: up}}]\n",
        "apiVersion: v1\nkind: ConfigMap\ndata: {a: 'groups of rules: expr'}\n",
        "rule_files: [a.yml]\ntests:\n- alert_rule_test: [{alertname: A}]\n  groups: x\n  rules: y\n",
        "text about groups, rules and expr: {{ .Values.x }} [\n",
    ] {
        assert!(matches!(read(source.as_bytes()), Content::Other), "{source}");
    }
    let assumed = read_with(b"gruops: []\n", ReadOptions { assume_rules: true, ..ReadOptions::default() });
    let Content::Rules(file) = assumed else { panic!("{assumed:?}") };
    assert_eq!(file.violations[0].help.as_deref(), Some("did you mean `groups`?"));
}

#[test]
fn templates_are_told_from_broken_files() {
    let helm = "{{- if .Values.rules }}\ngroups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n{{- end }}\n";
    assert!(
        matches!(read(helm.as_bytes()), Content::Template(span) if span == Span::new(0, 23)),
        "{:?}",
        read(helm.as_bytes())
    );
    let unquoted = "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n    annotations:\n      summary: {{ $value }} is high\n";
    assert_eq!(rules(unquoted).syntax_errors.len(), 1);
    // Holes inside a string are no concern of YAML.
    let hole = "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up{job=\"${job}\"}\n";
    assert!(rules(hole).syntax_errors.is_empty());
}

#[test]
fn templates_that_are_yaml_are_told_from_rule_files() {
    let file = |for_: &str, severity: &str, summary: &str| {
        format!(
            "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n    for: {for_}\n    labels:\n      severity: {severity}\n    annotations:\n      summary: {summary}\n"
        )
    };
    for template in [
        file("{{ .Values.for }}", "page", "a"),
        file("5m", "{{ .Values.severity }}", "a"),
        file("\"{{ hold | default('5m') }}\"", "page", "a"),
        file("5m", "page", "'down in {{ .Values.cluster | quote }}'"),
        file("5m", "page", "'{{`{{ $labels.instance }}`}} is down'"),
    ] {
        assert!(matches!(read(template.as_bytes()), Content::Template(_)), "{template}");
    }
    let filled_in = rules(&file("${hold}", "${severity}", "'{{ $labels.${name} }}'"));
    assert!(filled_in.violations.is_empty(), "{:?}", filled_in.violations);
    let unquoted = rules(&file("5m", "page", "{{ $value }}"));
    assert_eq!(unquoted.violations.len(), 1, "{:?}", unquoted.violations);
}

#[test]
fn files_of_other_tools_are_no_rule_files() {
    for other in [
        "apiVersion: 1\ngroups:\n- orgId: 1\n  name: g\n  folder: f\n  interval: 1m\n  rules: []\n",
        "groups:\n- name: g\n  rules:\n  - uid: a\n    title: t\n    record:\n      metric: m\n      from: A\n    data: [] # expr\n",
        "groups:\n- name: web\n  vpc: main\n  rules:\n",
    ] {
        assert!(matches!(read(other.as_bytes()), Content::Other), "{other}");
    }
    assert_eq!(rules("groups:\n- name: g\n  rules: []\n").sets.len(), 1);
}

#[test]
fn names_follow_the_scheme() {
    let source = b"groups:\n- name: g\n  rules:\n  - record: a b\n    expr: up\n    labels: {a.b: c}\n";
    let count = |names| match read_with(source, ReadOptions { names, ..ReadOptions::default() }) {
        Content::Rules(file) => file.violations.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!((count(NameScheme::Utf8), count(NameScheme::Legacy)), (0, 2));
}
