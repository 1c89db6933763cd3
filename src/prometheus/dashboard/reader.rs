//! Panels, variables and annotations of a dashboard to groups of queries.

use super::datasource::{Source, Sources};
use super::node::Node;
use super::query::question;
use super::structured;
use super::{LABEL_VALUES, LEGEND};
use crate::prometheus::rule_file::{Group, Origin, Pair, Rule, RuleSet, Text};
use crate::prometheus::{Dialect, Language};
use crate::source::Span;
use crate::syntax::yaml::ScalarMap;

/// How deep rows may nest; Grafana has two levels.
const MAX_DEPTH: usize = 8;

/// What only dashboards have beside their panels; two of them make one.
const MARKS: [&str; 7] =
    ["schemaVersion", "templating", "annotations", "timepicker", "refresh", "editable", "graphTooltip"];

/// The queries of the dashboard `root`, if it is one.
pub(super) fn read(root: Node<'_>) -> Option<RuleSet> {
    let is_any = |node: &Node<'_>| is_dashboard(*node) || structured::is_dashboard(*node);
    let wrapped = || ["dashboard", "spec"].iter().filter_map(|name| root.get(name)).find(is_any);
    let dashboard = Some(root).filter(is_any).or_else(wrapped)?;
    let mut reader = Reader { sources: Sources::new(dashboard), groups: Vec::new() };
    if is_dashboard(dashboard) {
        reader.variables(dashboard);
        reader.annotations(dashboard);
        reader.panels(dashboard, MAX_DEPTH);
    } else {
        reader.structured(dashboard);
    }
    let title = dashboard.string_of("title").map(std::borrow::Cow::into_owned);
    Some(RuleSet {
        origin: Origin::Dashboard { title },
        dialect: Dialect::Prometheus,
        span: dashboard.span(),
        groups: reader.groups,
        complete: true,
    })
}

fn is_dashboard(node: Node<'_>) -> bool {
    let has_panels = ["panels", "rows"].iter().any(|name| {
        let panels = node.get(name).and_then(Node::elements);
        panels.is_some_and(|mut panels| panels.all(Node::is_object))
    });
    has_panels && MARKS.iter().filter(|mark| node.get(mark).is_some()).count() >= 2
}

/// What is read so far.
pub(super) struct Reader<'a> {
    pub(super) sources: Sources<'a>,
    groups: Vec<Group>,
}

impl Reader<'_> {
    /// The panels of `node`: a dashboard, or a row of one.
    fn panels(&mut self, node: Node<'_>, depth: usize) {
        for panel in node.list("rows").chain(node.list("panels")) {
            let queries = panel.list("targets").filter(|query| self.is_prometheus(&[*query, panel]));
            let rules = queries.filter_map(|query| Some((query.text("expr")?, query.text("legendFormat"), query)));
            let rules = rules.map(|(expression, legend, query)| rule(query, expression, legend.map(named_by_key)));
            self.add(panel, panel.text("title"), rules.collect());
            if depth > 0 {
                self.panels(panel, depth - 1);
            }
        }
    }

    fn variables(&mut self, dashboard: Node<'_>) {
        let Some(templating) = dashboard.get("templating") else { return };
        for variable in
            templating.list("list").filter(|variable| variable.string_of("type").as_deref() == Some("query"))
        {
            if !self.is_prometheus(&[variable]) {
                continue;
            }
            // Since Grafana 7 an object around it.
            if let Some(text) = variable.text("query").or_else(|| variable.get("query")?.text("query")) {
                self.variable(variable, variable.text("name"), &text);
            }
        }
    }

    /// What the query `text` of the variable `node` asks for.
    pub(super) fn variable(&mut self, node: Node<'_>, name: Option<Text>, text: &Text) {
        let Some(asked) = question(&text.value) else { return };
        let label = asked.label.map(|label| Pair {
            name: Text { value: LABEL_VALUES.to_owned(), ..text.clone() },
            value: part(text, &label),
        });
        self.add(node, name, vec![rule(node, part(text, &asked.expression), label)]);
    }

    fn annotations(&mut self, dashboard: Node<'_>) {
        let Some(annotations) = dashboard.get("annotations") else { return };
        for annotation in annotations.list("list") {
            let Some(expression) = annotation.text("expr").filter(|_| self.is_prometheus(&[annotation])) else {
                continue;
            };
            let legend = annotation.text("titleFormat").map(named_by_key);
            self.add(annotation, annotation.text("name"), vec![rule(annotation, expression, legend)]);
        }
    }

    /// Whether the first of `nodes` asks Prometheus. A query of which nobody says whom it asks may be in another
    /// language: what reads as `PromQL` without errors is taken for it.
    fn is_prometheus(&self, nodes: &[Node<'_>]) -> bool {
        self.sources.of(nodes) != Source::Other
    }

    /// Takes the queries of a panel, a variable or an annotation.
    pub(super) fn add(&mut self, node: Node<'_>, name: Option<Text>, rules: Vec<Rule>) {
        if rules.is_empty() {
            return;
        }
        self.groups.push(Group {
            span: node.span(),
            name,
            interval: None,
            query_offset: None,
            limit: None,
            labels: Vec::new(),
            rules,
            language: Language::PromQl,
            complete: true,
        });
    }
}

/// A query with what else reads the labels of its result.
pub(super) fn rule(node: Node<'_>, expression: Text, annotation: Option<Pair>) -> Rule {
    Rule {
        span: node.span(),
        number: 1,
        alert: None,
        record: None,
        expr: Some(expression),
        for_: None,
        keep_firing_for: None,
        labels: Vec::new(),
        annotations: annotation.into_iter().collect(),
        complete: true,
    }
}

/// A text with placeholders, whatever its key is.
pub(super) fn named_by_key(value: Text) -> Pair {
    let name = Text { value: LEGEND.to_owned(), span: value.key, ..value.clone() };
    Pair { name, value }
}

/// A part of `text` as a text of its own.
fn part(text: &Text, range: &std::ops::Range<usize>) -> Text {
    let span = Span::from(range.clone());
    Text {
        key: text.key,
        value: text.value[range.clone()].to_owned(),
        span: text.map.place(span),
        style: text.style,
        map: ScalarMap::verbatim(span.start, span.len()).within(&text.map),
    }
}
