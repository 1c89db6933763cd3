//! Relabelling rules as they are written.

use super::super::pattern::Pattern;
use super::super::relabel::{Action, Relabel};
use super::scope::Scope;
use crate::syntax::yaml::Node;

/// The rules in `list`, which belong to `job`.
pub(super) fn read(list: Node<'_>, job: Node<'_>, scope: Scope<'_>) -> Vec<Relabel> {
    if list.is_null() {
        return Vec::new();
    }
    if !list.is_sequence() {
        return vec![relabel(list, job, scope)];
    }
    list.items().map(|node| relabel(node, job, scope)).collect()
}

fn relabel(node: Node<'_>, job: Node<'_>, scope: Scope<'_>) -> Relabel {
    let place = scope.place(node.span());
    let text = |key: &str, default: &str| match node.get(key) {
        None => Some(default.to_owned()),
        Some(node) if node.is_null() => Some(default.to_owned()),
        Some(node) => scope.placed_text(node).map(|text| text.value),
    };
    let (sources, is_open) = node.get("source_labels").map_or_else(Default::default, |list| scope.texts(list));
    let regex = text("regex", "(.*)");
    let mut rule = Relabel {
        action: text("action", "replace").map_or(Action::Unknown, |word| action(&word)),
        source_labels: sources.into_iter().map(|name| name.value).collect(),
        separator: String::new(),
        target_label: String::new(),
        is_match_all: regex.as_deref().is_some_and(|regex| matches!(regex, "(.*)" | ".*")),
        regex: regex.map_or_else(Pattern::unknown, |regex| Pattern::new(&regex)),
        replacement: String::new(),
        is_conditional: scope.is_conditional(node.span(), job.span()),
        place,
    };
    let parts = (text("separator", ";"), text("target_label", ""), text("replacement", "$1"));
    match parts {
        (Some(separator), Some(target), Some(replacement)) if node.is_mapping() && !is_open => {
            (rule.separator, rule.target_label, rule.replacement) = (separator, target, replacement);
        }
        _ => rule.action = Action::Unknown,
    }
    rule
}

fn action(word: &str) -> Action {
    match word.to_ascii_lowercase().as_str() {
        "replace" => Action::Replace,
        "keep" => Action::Keep,
        "drop" => Action::Drop,
        "keepequal" => Action::KeepEqual,
        "dropequal" => Action::DropEqual,
        "hashmod" => Action::HashMod,
        "labelmap" => Action::LabelMap,
        "labeldrop" => Action::LabelDrop,
        "labelkeep" => Action::LabelKeep,
        "lowercase" => Action::Lowercase,
        "uppercase" => Action::Uppercase,
        _ => Action::Unknown,
    }
}
