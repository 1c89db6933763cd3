//! Dashboards in Kubernetes: values of a `ConfigMap`, from which the sidecar of Grafana's chart loads them.

use memchr::memmem;

use super::node::Node as JsonNode;
use super::{might_be_dashboard, reader};
use crate::prometheus::rule_file::{RuleFile, RuleSet};
use crate::syntax::json;
use crate::syntax::yaml::{self, Entry, Node, ScalarMap, foreign_hole};

/// The queries of all dashboards in the `ConfigMap`s of `source`, if there are any.
#[must_use]
pub fn read_config_maps(source: &[u8]) -> Option<RuleFile> {
    let holds = |word: &str| memmem::find(source, word.as_bytes()).is_some();
    if !holds("ConfigMap") || !["panels", "rows", "elements"].into_iter().any(holds) {
        return None;
    }
    let stream = yaml::parse(source);
    let mut sets = Vec::new();
    for document in stream.documents().iter().filter(|document| document.complete) {
        let root = document.root(&stream);
        let is_list = kind_of(root).ends_with("List");
        let items = root.get("items").into_iter().filter(|_| is_list).flat_map(Node::items);
        for map in std::iter::once(root).chain(items).filter(|object| kind_of(*object) == "ConfigMap") {
            let entries = map.get("data").map(Node::fields).unwrap_or_default();
            sets.extend(entries.iter().filter_map(|entry| dashboard(source, entry)));
        }
    }
    let comments = stream.comments().to_vec();
    (!sets.is_empty()).then(|| RuleFile { sets, comments, ..RuleFile::default() })
}

fn kind_of(object: Node<'_>) -> &str {
    object.get("kind").and_then(Node::text).unwrap_or_default()
}

/// The dashboard that `entry` holds. From the key on, so that a comment above it means all of it.
fn dashboard(source: &[u8], entry: &Entry<'_>) -> Option<RuleSet> {
    let scalar = entry.value.scalar()?;
    let text = scalar.value.as_bytes();
    if !might_be_dashboard(text) || foreign_hole(&scalar.value).is_some() {
        return None;
    }
    let document = json::parse(text);
    let outer = ScalarMap::new(source, scalar);
    if !document.errors.is_empty() || !outer.is_exact() {
        return None;
    }
    let mut set = reader::read(JsonNode::new(text, &document.root, Some(&outer)))?;
    // Filled in by Helm or Jinja, what is asked is not what stands here.
    let expressions = set.groups.iter().flat_map(|group| &group.rules).filter_map(|rule| rule.expr.as_ref());
    if expressions.into_iter().any(|text| text.value.contains("{{") || text.value.contains("{%")) {
        return None;
    }
    set.span = entry.key.span().to(scalar.span);
    Some(set)
}
