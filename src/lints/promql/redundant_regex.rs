//! See `lints/promql/redundant-regex/README.md`.

use super::trees::sound;
use crate::diagnostic::{Applicability, Edit, Fix};
use crate::linter::{Check, Reporter, RuleUnit};
use crate::prometheus::Text;
use crate::source::Span;
use crate::syntax::promql::{ExprKind, MatchOperator, Matcher, Selector};

pub(crate) const CHECK: Check = Check::Rules(check);

/// What regular expressions give a meaning of its own.
const META: [char; 14] = ['\\', '.', '+', '*', '?', '(', ')', '[', ']', '{', '}', '|', '^', '$'];

fn check(unit: &RuleUnit, out: &mut Reporter<'_>) {
    for (view, text, parsed) in sound(unit) {
        for (_, node) in parsed.tree.iter() {
            let ExprKind::Selector(selector) = &node.kind else { continue };
            for (index, matcher) in selector.matchers.iter().enumerate() {
                let Some((message, help, edits)) = look(text, selector, index, matcher) else { continue };
                let finding = out.finding(unit.location(text.map.place(matcher.span)), message).help(help);
                let finding = finding.subject(view.name());
                out.report(if text.map.is_exact() {
                    let edits = edits.into_iter().map(|(span, text_after)| Edit {
                        location: unit.location(text.map.place(span)),
                        text: text_after.to_owned(),
                    });
                    finding.fix(Fix { applicability: Applicability::Safe, edits: edits.collect() })
                } else {
                    finding
                });
            }
        }
    }
}

type Found = (String, String, Vec<(Span, &'static str)>);

fn look(text: &Text, selector: &Selector, index: usize, matcher: &Matcher) -> Option<Found> {
    let (name, plain) = match matcher.operator {
        MatchOperator::Matches => ("=~", "="),
        MatchOperator::MatchesNot => ("!~", "!="),
        MatchOperator::Equal | MatchOperator::NotEqual => return None,
    };
    let value = matcher.value.value.as_str();
    // With an escape, what is written is not what is matched.
    let written = matcher.value.span.text(text.value.as_bytes());
    let is_verbatim = written.get(1..written.len().max(2) - 1) == Some(value);
    if matcher.value.opaque || matcher.label.opaque || !is_verbatim {
        return None;
    }
    let inner = without_anchors(value);
    if inner == ".*" && name == "=~" && matcher.label.text != "__name__" {
        let label = &matcher.label.text;
        let message = format!("`{label}=~\"{value}\"` matches every series, also those without `{label}`");
        return Some((message, "remove the matcher".to_owned(), vec![(removal(selector, index), "")]));
    }
    let start = matcher.value.span.start + 1;
    let end = matcher.value.span.end - 1;
    let mut edits = Vec::new();
    if value.starts_with('^') && inner.len() < value.len() && value[1..].starts_with(inner) {
        edits.push((Span::new(start, start + 1), ""));
    }
    if value.ends_with('$') && value.strip_suffix('$').is_some_and(|front| front.ends_with(inner)) {
        edits.push((Span::new(end - 1, end), ""));
    }
    if !inner.contains(META) {
        edits.push((matcher.operator_span, plain));
        edits.sort_by_key(|(span, _)| span.start);
        let message = match value {
            "" => format!("`{name}` with an empty pattern"),
            _ => format!("`{name}` with `{value}`, which is no pattern"),
        };
        return Some((message, format!("write `{plain}\"{inner}\"`"), edits));
    }
    (!edits.is_empty()).then(|| {
        let message = format!("the anchors of `{value}` are redundant: a matcher always compares the whole value");
        (message, format!("write `{name}\"{inner}\"`"), edits)
    })
}

/// The expression without `^` at its beginning and `$` at its end. Neither can be the operand of something else there.
fn without_anchors(value: &str) -> &str {
    let inner = value.strip_prefix('^').filter(|rest| !rest.starts_with(['*', '+', '?', '{'])).unwrap_or(value);
    let Some(front) = inner.strip_suffix('$') else { return inner };
    let escapes = front.bytes().rev().take_while(|byte| *byte == b'\\').count();
    if escapes % 2 == 0 { front } else { inner }
}

/// The matcher with the comma that is left over without it.
fn removal(selector: &Selector, index: usize) -> Span {
    let own = selector.matchers[index].span;
    let before = index.checked_sub(1).and_then(|index| selector.matchers.get(index));
    match (before, selector.matchers.get(index + 1)) {
        (_, Some(next)) => Span::new(own.start, next.span.start),
        (Some(before), None) => Span::new(before.span.end, own.end),
        (None, None) => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_at_the_edges_only() {
        for (value, inner) in [
            ("^a$", "a"),
            ("^a|b$", "a|b"),
            (r"a\$", r"a\$"),
            (r"a\\$", r"a\\"),
            ("[^a]", "[^a]"),
            ("^*a", "^*a"),
            ("$", ""),
            ("", ""),
        ] {
            assert_eq!(without_anchors(value), inner, "{value}");
        }
    }
}
