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

proptest! {
    /// The same inside of a `ConfigMap`, however the value is written.
    #[test]
    fn any_text_keeps_its_places_in_config_maps(text in r#"(.|\n|"|\\|é|😀|label_values\(|,|\)){0,20}"#, style in 0..4_usize) {
        let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        let targets = format!(r#"{{"targets": [{{"expr": "{escaped}"}}]}}"#);
        let json = dashboard(&targets, "").replace(", ", ",\n  ");
        let value = match style {
            0 => format!("|\n      {}", json.replace('\n', "\n      ")),
            1 => format!(">-\n      {}", json.replace('\n', "\n\n      ")),
            2 => format!("'{}'", json.replace('\'', "''").replace('\n', "\n\n      ")),
            _ => serde_json::to_string(&json).unwrap(),
        };
        let source = format!("kind: ConfigMap\ndata:\n    a.json: {value}\n    b.txt: x\n");
        let Some(file) = read_config_maps(source.as_bytes()) else {
            prop_assert!(text.contains("{{") || text.contains("{%"), "{source}");
            return Ok(());
        };
        let expected = read(json.as_bytes()).unwrap();
        let values = |file: &RuleFile| -> Vec<Option<String>> {
            file.rules().map(|(_, rule)| rule.expr.as_ref().map(|text| text.value.clone())).collect()
        };
        prop_assert_eq!(values(&file), values(&expected));
        prop_assert!(file.sets[0].span.text(source.as_bytes()).starts_with("a.json: "));
        for (rule, (_, inner)) in rules(&file).iter().zip(expected.rules()) {
            let (expression, inner) = (rule.expr.as_ref().unwrap(), inner.expr.as_ref().unwrap());
            for (at, char) in expression.value.char_indices() {
                let within = Span::from(at..at + char.len_utf8());
                let place = expression.map.place(within).text(source.as_bytes());
                let written = inner.map.place(within).text(json.as_bytes());
                // In double quotes each backslash is written twice.
                let written = if style == 3 { written.replace('\\', "\\\\") } else { written.to_owned() };
                prop_assert_eq!(place, written);
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

#[test]
fn the_newer_model() {
    let query = |query: &str, around: &str| {
        format!(
            r#"{{"title": "Hosts", "layout": {{}}, "cursorSync": "Off", "variables": [
            {{"kind": "DatasourceVariable", "spec": {{"name": "logs", "pluginId": "loki"}}}},
            {{"kind": "DatasourceVariable", "spec": {{"name": "metrics", "pluginId": "prometheus"}}}}],
            "elements": {{"panel-1": {{"kind": "Panel", "spec": {{"title": "CPU", "data": {{"kind": "QueryGroup", "spec": {{
            "queries": [{{"kind": "PanelQuery", "spec": {{{around} "query": {query}}}}}]}}}}}}}}}}}}"#
        )
    };
    let spec = r#""spec": {"expr": "a", "legendFormat": "{{x}}"}"#;
    for (asked, around, expected) in [
        (format!(r#"{{"kind": "DataQuery", "group": "prometheus", {spec}}}"#), "", true),
        (format!(r#"{{"kind": "DataQuery", "group": "loki", {spec}}}"#), "", false),
        (format!(r#"{{"kind": "DataQuery", "group": "", "datasource": {{"name": "${{logs}}"}}, {spec}}}"#), "", false),
        (format!(r#"{{"kind": "DataQuery", "group": "", "datasource": {{"name": "$metrics"}}, {spec}}}"#), "", true),
        (format!(r#"{{"kind": "DataQuery", "group": "", "datasource": {{"name": "x"}}, {spec}}}"#), "", true),
        // Before v2beta1.
        (format!(r#"{{"kind": "prometheus", {spec}}}"#), r#""datasource": {"type": "prometheus", "uid": "x"},"#, true),
        (format!(r#"{{"kind": "loki", {spec}}}"#), "", false),
        (format!(r#"{{"kind": "", {spec}}}"#), r#""datasource": {"type": "loki", "uid": "x"},"#, false),
    ] {
        let source = query(&asked, around);
        assert_eq!(expressions(&source), if expected { vec!["a"] } else { Vec::new() }, "{asked}");
        let wrapped = format!(r#"{{"apiVersion": "dashboard.grafana.app/v2", "kind": "Dashboard", "spec": {source}}}"#);
        assert_eq!(expressions(&wrapped).len(), usize::from(expected), "{asked}");
    }
    let file =
        read(query(&format!(r#"{{"kind": "DataQuery", "group": "prometheus", {spec}}}"#), "").as_bytes()).unwrap();
    assert_eq!(file.sets[0].origin, crate::prometheus::Origin::Dashboard { title: Some("Hosts".to_owned()) });
    assert_eq!(file.sets[0].groups[0].name.as_ref().unwrap().value, "CPU");
    assert_eq!(rules(&file)[0].annotation(LEGEND).unwrap().value.value, "{{x}}");
}

#[test]
fn variables_and_annotations_of_the_newer_model() {
    let source = r#"{"layout": {"kind": "TabsLayout", "spec": {"tabs": [{"kind": "TabsLayoutTab", "spec": {
            "layout": {"kind": "RowsLayout", "spec": {"rows": [{"kind": "RowsLayoutRow", "spec": {"variables": [
                {"kind": "QueryVariable", "spec": {"query": {"kind": "DataQuery", "group": "", "spec": {"query": "g"}}}}]}}]}}}}]}},
        "timeSettings": {}, "elements": {"a": {"kind": "LibraryPanel", "spec": {"expr": "x"}}},
        "variables": [
            {"kind": "QueryVariable", "spec": {"name": "v", "query": {"kind": "DataQuery", "group": "prometheus",
                "spec": {"query": "label_values(a{x=\"y\"}, z)"}}}},
            {"kind": "QueryVariable", "spec": {"name": "w", "query": {"kind": "DataQuery", "group": "prometheus",
                "spec": {"__legacyStringValue": "query_result(b)"}}}},
            {"kind": "QueryVariable", "spec": {"name": "o", "query": "c", "datasource": {"type": "prometheus"}}},
            {"kind": "QueryVariable", "spec": {"name": "l", "query": {"kind": "DataQuery", "group": "loki", "spec": {"query": "d"}}}},
            {"kind": "CustomVariable", "spec": {"name": "c", "query": "1,2"}}
        ],
        "annotations": [
            {"kind": "AnnotationQuery", "spec": {"name": "n", "query": {"kind": "DataQuery", "group": "prometheus",
                "spec": {"expr": "e", "titleFormat": "{{x}}"}}}},
            {"kind": "AnnotationQuery", "spec": {"name": "m", "query": {"kind": "DataQuery", "group": "prometheus", "spec": {}},
                "legacyOptions": {"expr": "f", "titleFormat": "{{y}}"}}},
            {"kind": "AnnotationQuery", "spec": {"query": {"kind": "DataQuery", "group": "grafana", "spec": {}}}}
        ]}"#;
    assert_eq!(expressions(source), ["a{x=\"y\"}", "b", "c", "g", "e", "f"]);
    let file = read(source.as_bytes()).unwrap();
    let rules = rules(&file);
    assert_eq!(rules[0].annotation(LABEL_VALUES).unwrap().value.value, "z");
    assert_eq!(rules[5].annotation(LEGEND).unwrap().value.value, "{{y}}");
}

#[test]
fn other_json_with_elements_is_no_dashboard() {
    for source in [
        // Of a diagram, a form, a page.
        r#"{"elements": {"a": {"kind": "box", "spec": {}}}, "layout": {}, "query": "a"}"#,
        r#"{"elements": [{"kind": "Panel", "spec": {}}], "layout": {}, "variables": [], "query": "a"}"#,
        r#"{"elements": {"a": {"type": "input"}}, "layout": {}, "variables": [], "query": "a"}"#,
        r#"{"elements": {"a": 1}, "layout": {}, "variables": [], "query": "a"}"#,
    ] {
        assert_eq!(expressions(source), ["no dashboard"], "{source}");
    }
}

#[test]
fn config_maps_hold_dashboards() {
    let json = dashboard(r#"{"targets": [{"expr": "a"}]}"#, "");
    let count = |source: &str| read_config_maps(source.as_bytes()).map_or(0, |file| file.sets.len());
    let map =
        format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  a.json: |\n    {json}\n  b.json: '{json}'\n  c.json: 3\n");
    assert_eq!(count(&map), 2);
    assert_eq!(count(&format!("# x\n---\nkind: Other\n---\n{map}---\n{map}")), 4);
    let item = map.replace('\n', "\n  ");
    assert_eq!(count(&format!("kind: ConfigMapList\nitems:\n- {item}\n")), 2);
    for other in [
        map.replace("kind: ConfigMap", "kind: Secret # ConfigMap"),
        map.replace("data:", "binaryData:"),
        map.replace("schemaVersion", "version").replace("refresh", "again"),
        // Cut off, and filled in by Helm.
        map.replace("}]}]}", "}]}]"),
        map.replace("\"a\"", "\"a{b='{{ .Values.b }}'}\""),
        map.replace("\"a\"", "\"{{ job }}:up\""),
        format!("{{{{- if .Values.dashboards }}}}\n{map}{{{{- end }}}}\n"),
    ] {
        assert_eq!(count(&other), 0, "{other}");
    }
}
