//! The newer model of dashboards, `apiVersion: dashboard.grafana.app/v2...`: each element, query and variable is an object
//! with `kind` and `spec`, and the panels are the values of `elements`. From v2beta1 on a query is a `DataQuery` that names
//! the type of its data source as `group`; before, that type was its `kind`.

use super::datasource::Source;
use super::node::Node;
use super::reader::{Reader, named_by_key, rule};

/// What only such dashboards have beside their elements; two of them make one.
const MARKS: [&str; 6] = ["layout", "cursorSync", "timeSettings", "variables", "annotations", "preload"];

/// How deep rows and tabs may nest; Grafana has three levels.
const MAX_DEPTH: usize = 8;

/// How a variable holds its query: as Prometheus' editor writes it, and as Grafana keeps a text of the older model.
const VARIABLE_QUERIES: [&str; 2] = ["query", "__legacyStringValue"];

/// Whether `node` is a dashboard of this model.
pub(super) fn is_dashboard(node: Node<'_>) -> bool {
    let is_element = |node: Node<'_>| node.string_of("kind").is_some() && node.get("spec").is_some_and(Node::is_object);
    node.get("elements").is_some_and(|elements| elements.is_object() && elements.values().all(is_element))
        && MARKS.iter().filter(|mark| node.get(mark).is_some()).count() >= 2
}

impl Reader<'_> {
    /// Everything that `dashboard` asks.
    pub(super) fn structured(&mut self, dashboard: Node<'_>) {
        self.structured_variables(dashboard);
        self.sections(dashboard, MAX_DEPTH);
        for (annotation, spec) in specs(dashboard, "annotations") {
            let Some(query) = spec.get("query").filter(|query| self.asks_prometheus(*query, spec)) else { continue };
            // What the older model had beside the query.
            let places = [query.get("spec"), spec.get("legacyOptions"), spec.get("options")];
            let text = |name| places.iter().flatten().find_map(|node| node.text(name));
            if let Some(expression) = text("expr") {
                let legend = text("titleFormat").map(named_by_key);
                self.add(annotation, spec.text("name"), vec![rule(annotation, expression, legend)]);
            }
        }
        for panel in dashboard.get("elements").into_iter().flat_map(Node::values) {
            let Some(spec) = panel.get("spec").filter(|_| is_of_kind(panel, "Panel")) else { continue };
            let queries = spec.get("data").and_then(|data| data.get("spec"));
            let rules = queries.into_iter().flat_map(|queries| queries.list("queries")).filter_map(|node| {
                let spec = node.get("spec")?;
                let query = spec.get("query").filter(|query| self.asks_prometheus(*query, spec))?.get("spec")?;
                Some(rule(node, query.text("expr")?, query.text("legendFormat").map(named_by_key)))
            });
            let rules = rules.collect();
            self.add(panel, spec.text("title"), rules);
        }
    }

    /// The variables of `node`: a dashboard, a row or a tab.
    fn structured_variables(&mut self, node: Node<'_>) {
        for (variable, spec) in specs(node, "variables") {
            let Some(query) = spec.get("query").filter(|_| is_of_kind(variable, "QueryVariable")) else { continue };
            let inner = query.get("spec");
            let text = VARIABLE_QUERIES.iter().find_map(|name| inner?.text(name)).or_else(|| spec.text("query"));
            if let Some(text) = text.filter(|_| self.asks_prometheus(query, spec)) {
                self.variable(variable, spec.text("name"), &text);
            }
        }
    }

    /// The variables of the rows and tabs in the layout of `node`.
    fn sections(&mut self, node: Node<'_>, depth: usize) {
        let Some(layout) = node.get("layout").and_then(|layout| layout.get("spec")).filter(|_| depth > 0) else {
            return;
        };
        for (_, section) in specs(layout, "rows").chain(specs(layout, "tabs")) {
            self.structured_variables(section);
            self.sections(section, depth - 1);
        }
    }

    /// Whether `query` asks Prometheus, as far as it and what stands around it say.
    fn asks_prometheus(&self, query: Node<'_>, around: Node<'_>) -> bool {
        self.sources.of_query(query, around) != Source::Other
    }
}

/// The objects of the list `name` with what they say.
fn specs<'n>(node: Node<'n>, name: &str) -> impl Iterator<Item = (Node<'n>, Node<'n>)> + use<'n> {
    node.list(name).filter_map(|node| Some((node, node.get("spec")?)))
}

fn is_of_kind(node: Node<'_>, kind: &str) -> bool {
    node.string_of("kind").as_deref() == Some(kind)
}
