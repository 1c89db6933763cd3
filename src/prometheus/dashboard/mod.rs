//! Grafana dashboards as rule files, so that lints of expressions work on them: each panel is a group, each query of a
//! Prometheus data source a rule without a name, and what else reads the labels of its result an annotation of that
//! rule. A dashboard is told by its content. Knows no lints and no metrics.
//!
//! The model is that of exported dashboards (`panels`, `templating`, `annotations`; `rows` before Grafana 5) or the newer one
//! of Grafana 12 and later (`elements`, `variables`), bare or below `dashboard` or `spec`, as the API of Grafana and its
//! Kubernetes objects have it. Dashboards are files of their own or values of a `ConfigMap`.

mod config_map;
mod datasource;
mod legend;
mod node;
mod query;
mod reader;
mod structured;

use memchr::memmem;

use super::rule_file::RuleFile;
use crate::syntax::json;

pub use config_map::read_config_maps;
pub use legend::placeholders;

/// The annotation of a query that holds the text with `{{label}}` for each series.
pub const LEGEND: &str = "legendFormat";

/// The annotation of the selector of a variable that holds the label whose values the variable takes.
pub const LABEL_VALUES: &str = "label_values";

/// Whether `source` can be a dashboard with queries at all, judged by a few words in its bytes. Costs a fraction of
/// parsing.
#[must_use]
pub fn might_be_dashboard(source: &[u8]) -> bool {
    let holds = |word: &str| memmem::find(source, word.as_bytes()).is_some();
    source.trim_ascii_start().first() == Some(&b'{')
        && (holds("\"panels\"") || holds("\"rows\"") || holds("\"elements\""))
        && (holds("\"expr\"") || holds("\"query\""))
}

/// The queries of the dashboard `source`, if it is one beyond doubt: JSON without a mistake that has panels and what only
/// dashboards have.
#[must_use]
pub fn read(source: &[u8]) -> Option<RuleFile> {
    if !might_be_dashboard(source) {
        return None;
    }
    let document = json::parse(source);
    if !document.errors.is_empty() {
        return None;
    }
    let set = reader::read(node::Node::new(source, &document.root, None))?;
    Some(RuleFile { sets: vec![set], ..RuleFile::default() })
}

#[cfg(test)]
mod tests;
