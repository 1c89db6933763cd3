//! The queries of variables: `label_values(SELECTOR, LABEL)`, `query_result(EXPRESSION)` or an expression as it is.

use std::ops::Range;

/// What the query of a variable asks for, as ranges of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// The expression.
    pub(super) expression: Range<usize>,
    /// The label whose values the variable takes.
    pub(super) label: Option<Range<usize>>,
}

/// Functions of Grafana that read no expression: names of labels and of metrics.
const WITHOUT_EXPRESSION: [&str; 2] = ["label_names(", "metrics("];

/// What `text` asks for; nothing where that is no expression.
pub(super) fn question(text: &str) -> Option<Question> {
    let outer = trimmed(text, 0..text.len());
    let query = &text[outer.clone()];
    if WITHOUT_EXPRESSION.iter().any(|name| query.starts_with(name)) {
        return None;
    }
    let Some(inside) = arguments(text, &outer, "label_values(") else {
        let expression = arguments(text, &outer, "query_result(").unwrap_or(outer);
        return (!expression.is_empty()).then_some(Question { expression, label: None });
    };
    // The label has no comma, the selector may have some.
    let comma = inside.start + text[inside.clone()].rfind(',')?;
    let label = trimmed(text, comma + 1..inside.end);
    let expression = trimmed(text, inside.start..comma);
    (!expression.is_empty()).then_some(Question { expression, label: Some(label) })
}

/// What stands between the brackets of `name`, a function with its opening bracket.
fn arguments(text: &str, range: &Range<usize>, name: &str) -> Option<Range<usize>> {
    let inside = text[range.clone()].strip_prefix(name)?.strip_suffix(')')?;
    let start = range.start + name.len();
    Some(trimmed(text, start..start + inside.len()))
}

/// The range without blanks at its ends.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(&str, Option<&str>)> {
        question(text).map(|found| (&text[found.expression], found.label.map(|label| &text[label])))
    }

    #[test]
    fn tells_what_is_asked() {
        for (text, expected) in [
            ("label_values(up, job)", Some(("up", Some("job")))),
            (" label_values( up{a=\"x\",b=~\"y,z\"} , job ) ", Some(("up{a=\"x\",b=~\"y,z\"}", Some("job")))),
            ("label_values(job)", None),
            ("label_values()", None),
            ("label_names()", None),
            ("metrics(node_.*)", None),
            ("query_result(topk(5, up))", Some(("topk(5, up)", None))),
            ("query_result()", None),
            ("up{job=\"x\"}", Some(("up{job=\"x\"}", None))),
            ("", None),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }
}
