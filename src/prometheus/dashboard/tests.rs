use proptest::prelude::*;

use super::*;
use crate::prometheus::{Rule, RuleFile};
use crate::source::Span;

fn rules(file: &RuleFile) -> Vec<&Rule> {
    file.rules().map(|(_, rule)| rule).collect()
}

fn expressions(source: &str) -> Vec<String> {
    let Some(file) = read(source.as_bytes()) else { return vec!["no dashboard".to_owned()] };
    rules(&file).iter().filter_map(|rule| rule.expr.as_ref()).map(|text| text.value.clone()).collect()
}

proptest! {
    /// Whatever stands in a string: it is read as it is, and each of its characters has its place.
    #[test]
    fn any_text_keeps_its_places(text in r#"(.|\n|"|\\|é|😀|label_values\(|,|\)|\{\{|\}\}){0,20}"#) {
        let quoted = serde_json::to_string(&text).unwrap();
        let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        for string in [quoted, format!("\"{escaped}\"")] {
            let targets = format!(r#"{{"targets": [{{"expr": {string}, "legendFormat": {string}}}]}}"#);
            let variables = format!(r#""templating": {{"list": [{{"type": "query", "query": {string}}}]}},"#);
            let source = dashboard(&targets, &variables);
            let file = read(source.as_bytes()).unwrap();
            for rule in rules(&file) {
                let expression = rule.expr.as_ref().unwrap();
                prop_assert!(text.contains(&expression.value));
                for (at, char) in expression.value.char_indices() {
                    let place = expression.map.place(Span::from(at..at + char.len_utf8()));
                    let written = format!("\"{}\"", place.text(source.as_bytes()));
                    prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), char.to_string());
                }
                let placeholders: usize = rule.annotations.iter().map(|pair| placeholders(&pair.value.value).count()).sum();
                prop_assert!(placeholders <= text.len());
            }
        }
    }
}

/// A dashboard with these panels, and more members of its own.
fn dashboard(panels: &str, more: &str) -> String {
    format!(r#"{{"title": "Hosts", "schemaVersion": 39, "refresh": "", {more} "panels": [{panels}]}}"#)
}

#[test]
fn every_character_has_its_place() {
    let source = dashboard(
        r#"{"title": "CPU", "targets": [{"expr": "sum(\n  up{a=\"\u00e9x\"})", "legendFormat": "{{ job }}"}]}"#,
        "",
    );
    let file = read(source.as_bytes()).unwrap();
    let [rule] = rules(&file)[..] else { panic!("one query") };
    let text = rule.expr.as_ref().unwrap();
    assert_eq!(text.value, "sum(\n  up{a=\"éx\"})");
    let written = |word: &str| {
        let at = text.value.find(word).unwrap();
        text.map.place(Span::from(at..at + word.len())).text(source.as_bytes())
    };
    assert_eq!(written("sum"), "sum");
    assert_eq!(written("up"), "up");
    assert_eq!(written("\n"), "\\n");
    assert_eq!(written("\"éx\""), r#"\"\u00e9x\""#);
    assert_eq!(written("x\""), r#"x\""#);
    let legend = rule.annotation(LEGEND).unwrap();
    let (name, span) = placeholders(&legend.value.value).next().unwrap();
    assert_eq!((name, legend.value.map.place(span).text(source.as_bytes())), ("job", "job"));
}

#[test]
fn rows_panels_variables_and_annotations() {
    let nested = r#"{"type": "row", "panels": [{"targets": [{"expr": "a"}, {"expr": ""}, {"refId": "B"}]}]}, {"targets": [{"expr": "b"}]}"#;
    let more = r#""annotations": {"list": [{"expr": "c", "titleFormat": "{{x}}"}, {"datasource": "-- Grafana --"}]},
        "templating": {"list": [
            {"type": "query", "query": "label_values(d{x=\"y\"}, z)"},
            {"type": "query", "query": {"query": "query_result(e)"}},
            {"type": "custom", "query": "1,2"}
        ]},"#;
    assert_eq!(expressions(&dashboard(nested, more)), ["d{x=\"y\"}", "e", "c", "a", "b"]);
    let file = read(dashboard(nested, more).as_bytes()).unwrap();
    let label = rules(&file)[0].annotation(LABEL_VALUES).unwrap();
    assert_eq!(label.value.value, "z");
    assert_eq!(label.value.map.place(Span::new(0, 1)).text(dashboard(nested, more).as_bytes()), "z");
    let old = r#"{"rows": [{"panels": [{"targets": [{"expr": "a"}]}]}], "schemaVersion": 14, "editable": true}"#;
    assert_eq!(expressions(old), ["a"]);
}

#[test]
fn wrappers_are_looked_through() {
    let inner = dashboard(r#"{"targets": [{"expr": "a"}]}"#, "");
    assert_eq!(expressions(&format!(r#"{{"overwrite": true, "dashboard": {inner}}}"#)), ["a"]);
    assert_eq!(expressions(&format!(r#"{{"kind": "Dashboard", "spec": {inner}}}"#)), ["a"]);
}

#[test]
fn other_data_sources_are_left_out() {
    let query = |datasource: &str| {
        let more = r#""__inputs": [{"name": "DS_LOGS", "pluginId": "loki"}],
            "templating": {"list": [{"type": "datasource", "name": "source", "query": "prometheus"}]},"#;
        expressions(&dashboard(&format!(r#"{{"datasource": {datasource}, "targets": [{{"expr": "a"}}]}}"#), more)).len()
    };
    for (datasource, count) in [
        ("null", 1),
        (r#""Prometheus""#, 1),
        (r#"{"type": "prometheus", "uid": "x"}"#, 1),
        (r#"{"type": "loki", "uid": "x"}"#, 0),
        (r#"{"uid": "${DS_LOGS}"}"#, 0),
        (r#""${DS_LOGS}""#, 0),
        (r#""$source""#, 1),
        (r#""[[source]]""#, 1),
        (r#"{"type": "datasource", "uid": "-- Mixed --"}"#, 1),
    ] {
        assert_eq!(query(datasource), count, "{datasource}");
    }
    let mixed = r#"{"datasource": "-- Mixed --", "targets": [
        {"datasource": {"type": "loki"}, "expr": "{a=\"b\"} |= \"x\""}, {"datasource": {"type": "prometheus"}, "expr": "a"}]}"#;
    assert_eq!(expressions(&dashboard(mixed, "")), ["a"]);
}

#[test]
fn other_json_is_no_dashboard() {
    for source in [
        "",
        "{}",
        r#"{"panels": [{"expr": "a"}], "title": "x"}"#,
        r#"{"panels": 3, "expr": "a", "schemaVersion": 1, "editable": true}"#,
        r#"{"panels": ["expr"], "schemaVersion": 1, "editable": true, "expr": 1}"#,
        r#"[{"panels": [{"targets": [{"expr": "a"}]}], "schemaVersion": 1, "editable": true}]"#,
        // Cut off, and with a comma too many: not beyond doubt.
        r#"{"panels": [{"targets": [{"expr": "a"}]}], "schemaVersion": 1, "editable": true"#,
        r#"{"panels": [{"targets": [{"expr": "a"}],}], "schemaVersion": 1, "editable": true}"#,
    ] {
        assert_eq!(expressions(source), ["no dashboard"], "{source}");
    }
}
