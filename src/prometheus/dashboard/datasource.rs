//! Which data source a query asks, as far as the dashboard says.

use super::node::Node;

/// What a data source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Prometheus, or a service that is asked the same way.
    Prometheus,
    /// Something else.
    Other,
    /// The dashboard does not say.
    Unknown,
}

/// The types that take `PromQL`.
const PROMETHEUS: [&str; 3] =
    ["prometheus", "grafana-amazonprometheus-datasource", "grafana-azureprometheus-datasource"];

/// The data sources that the variables and inputs of a dashboard stand for.
pub(super) struct Sources<'a> {
    dashboard: Node<'a>,
}

impl<'a> Sources<'a> {
    pub(super) const fn new(dashboard: Node<'a>) -> Self {
        Self { dashboard }
    }

    /// What the first of `nodes` that names a data source names; each stands around the one before it.
    pub(super) fn of(&self, nodes: &[Node<'_>]) -> Source {
        let named = nodes.iter().filter_map(|node| node.get("datasource")).map(|node| self.named(node));
        named.into_iter().find(|source| *source != Source::Unknown).unwrap_or(Source::Unknown)
    }

    /// What a query of the newer model asks: `{"kind": "DataQuery", "group": "prometheus", "datasource": {"name": "x"}}`, where
    /// the first versions had the type as `kind` and the data source around it.
    pub(super) fn of_query(&self, query: Node<'_>, around: Node<'_>) -> Source {
        let kind = query.string_of("kind");
        let kind = if kind.as_deref() == Some("DataQuery") { query.string_of("group") } else { kind };
        if let Some(kind) = kind.as_deref().filter(|kind| says_something(kind)) {
            return of_type(kind);
        }
        let name = query.get("datasource").and_then(|source| source.string_of("name"));
        match name.map_or(Source::Unknown, |name| self.of_name(&name)) {
            Source::Unknown => self.of(&[around]),
            known => known,
        }
    }

    /// `{"type": "prometheus", "uid": "${DS_PROMETHEUS}"}`, or a name as older versions wrote it.
    fn named(&self, node: Node<'_>) -> Source {
        if let Some(kind) = node.string_of("type").as_deref().filter(|kind| says_something(kind)) {
            return of_type(kind);
        }
        let name = node.string().or_else(|| node.string_of("uid"));
        name.map_or(Source::Unknown, |name| self.of_name(&name))
    }

    /// What the variable or input behind `name` stands for. The names of data sources themselves say nothing.
    fn of_name(&self, name: &str) -> Source {
        let Some(variable) = variable(name) else { return Source::Unknown };
        let is_it = |node: &Node<'_>| node.string_of("name").as_deref() == Some(variable);
        let input = self.dashboard.list("__inputs").find(is_it).and_then(|input| input.string_of("pluginId"));
        let of_variable = || {
            let list = self.dashboard.get("templating")?;
            let is_source = |node: &Node<'_>| node.string_of("type").as_deref() == Some("datasource");
            list.list("list").find(|node| is_source(node) && is_it(node))?.string_of("query")
        };
        let of_structured = || {
            let is_source = |node: &Node<'_>| node.string_of("kind").as_deref() == Some("DatasourceVariable");
            let mut specs = self.dashboard.list("variables").filter(is_source).filter_map(|node| node.get("spec"));
            specs.find(is_it)?.string_of("pluginId")
        };
        input.or_else(of_variable).or_else(of_structured).map_or(Source::Unknown, |kind| of_type(&kind))
    }
}

/// "-- Mixed --" and "-- Dashboard --" say nothing: each query says for itself.
fn says_something(kind: &str) -> bool {
    !matches!(kind, "datasource" | "mixed" | "")
}

fn of_type(kind: &str) -> Source {
    if PROMETHEUS.contains(&kind) { Source::Prometheus } else { Source::Other }
}

/// `x` of `$x`, `${x}`, `${x:text}` and `[[x]]`.
fn variable(text: &str) -> Option<&str> {
    let braced = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    let bracketed = || text.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]"));
    let inner = braced.or_else(bracketed).or_else(|| text.strip_prefix('$'))?;
    inner.split(':').next()
}
