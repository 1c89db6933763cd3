//! See `lints/alerts/unknown-name-in-text/README.md`.

use crate::linter::{Check, Reporter, RuleView, TypedRules};
use crate::lints::promql::unknown_label::own_labels;
use crate::lints::promql::{closest_label, is_suspicious};
use crate::prometheus::Text;
use crate::prometheus::infer::{Knowledge, METRIC_NAME, Metric, Presence};
use crate::source::Span;
use crate::syntax::promql;

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    let world = rules.monitoring.world;
    for view in rules.alerts().map(|rule| &rule.view) {
        for pair in &view.rule.annotations {
            let text = pair.value.value.as_str();
            let named: Vec<(&str, Span)> = names(text).collect();
            for &(word, span) in &named {
                if rules.monitoring.recorded.get(word).is_some()
                    || !matches!(world.metric(word), Metric::Missing { .. })
                {
                    continue;
                }
                let Some(advice) = world.advice(word) else { continue };
                let place = rules.place(&pair.value, span);
                let message = format!("the text names `{word}`, and there is no such metric");
                out.report(out.finding(place, message).help(advice).subject(view.name()));
            }
            for span in selectors(text, named) {
                labels(rules, out, view, &pair.value, span);
            }
        }
    }
}

/// Reports labels of the selector at `span` of an annotation that its metric never has.
fn labels(rules: &TypedRules<'_>, out: &mut Reporter<'_>, view: &RuleView<'_>, text: &Text, span: Span) {
    let parsed = promql::parse(span.text(text.value.as_bytes()), &promql::Options { version: rules.unit.version });
    if !parsed.errors.is_empty() || parsed.guessed {
        return;
    }
    let inference = rules.monitoring.infer(&parsed);
    for selected in inference.selectors.iter().filter(|selected| selected.family().is_some()) {
        let known = &selected.before.labels;
        // What a matcher asks for is filled in later: only its label is looked at.
        for matcher in selected.selector.matchers.iter().filter(|matcher| !matcher.label.opaque) {
            let (label, name) = (matcher.label.text.as_str(), selected.name.unwrap_or_default());
            let is_absent = match known.presence(label) {
                Presence::Never => label != METRIC_NAME,
                Presence::Unlikely => is_suspicious(label, known, Some(selected), rules.monitoring.world),
                _ => false,
            };
            if !is_absent {
                continue;
            }
            let place = matcher.label.span;
            let place = rules.place(text, Span::new(span.start + place.start, span.start + place.end));
            let message = format!("the text names the label `{label}`, which `{name}` does not have");
            let help = match closest_label(label, known) {
                Some(close) => format!("did you mean `{close}`?"),
                None => format!("the labels are {}", own_labels(known)),
            };
            out.report(out.finding(place, message).help(help).subject(view.name()));
        }
    }
}

/// The selectors that a text shows: one of its names and what stands in braces right behind it.
fn selectors<'t>(text: &'t str, names: impl IntoIterator<Item = (&'t str, Span)>) -> impl Iterator<Item = Span> {
    names.into_iter().filter_map(|(_, span)| {
        let start = span.end as usize;
        let rest = &text[start..];
        if !rest.starts_with('{') || rest.starts_with("{{") {
            return None;
        }
        // Templates in between have braces of their own.
        let mut at = 1;
        loop {
            let next = at + rest[at..].find(['{', '}'])?;
            match rest.as_bytes().get(next..next + 2) {
                Some(b"{{") => at = next + 2 + rest[next..].find("}}")?,
                _ if rest.as_bytes()[next] == b'}' => return Some(Span::new(span.start, span.end + to_u32(next + 1))),
                _ => return None,
            }
        }
    })
}

fn to_u32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The words of a text that look like names of metrics: lower case, with underscores, not part of a path or address.
fn names(text: &str) -> impl Iterator<Item = (&str, Span)> {
    let is_part =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'/' | b'.' | b'-' | b'$' | b'@');
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            // Few words have an underscore: they are found by it.
            let found = at + memchr::memchr(b'_', &bytes[at..])?;
            let start = bytes[at..found].iter().rposition(|byte| !is_part(byte)).map_or(at, |before| at + before + 1);
            at = bytes[found..].iter().position(|byte| !is_part(byte)).map_or(bytes.len(), |length| found + length);
            let word = text[start..at].trim_end_matches(['.', ':']);
            let is_name = word.matches('_').count() >= 2
                && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                && word.starts_with(|first: char| first.is_ascii_lowercase())
                && !word.ends_with("_exporter");
            if is_name {
                return Some((word, Span::from(start..start + word.len())));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_look_like_metrics() {
        let text = "see `node_memory_free` at /var/lib/node_x_y, node_exporter, pve_up_x. And a_b";
        let found: Vec<&str> = names(text).map(|(word, _)| word).collect();
        assert_eq!(found, ["node_memory_free", "pve_up_x"]);
    }

    proptest::proptest! {
        /// The same by reading every word.
        #[test]
        fn words_are_found_by_their_underscores(text in "(node|a_b_c|x_|_|__|[.:/$ `é-]|_exporter|9){0,12}") {
            let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_:/.-$@".contains(letter);
            let words = text.split(|letter| !is_part(letter)).map(|word| word.trim_end_matches(['.', ':']));
            let is_name = |word: &&str| {
                word.matches('_').count() >= 2
                    && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                    && word.starts_with(|first: char| first.is_ascii_lowercase())
                    && !word.ends_with("_exporter")
            };
            let found: Vec<&str> = names(&text).map(|(word, _)| word).collect();
            proptest::prop_assert!(names(&text).all(|(word, span)| span.text(text.as_bytes()) == word));
            proptest::prop_assert_eq!(found, words.filter(is_name).collect::<Vec<&str>>());
        }
    }

    #[test]
    fn selectors_in_texts() {
        let text = "see node_load_x{a=\"{{ $labels.a }}\"}, node_x_y{{ $value }}, node_x_y{ and node_x_y{b=\"c\"}.";
        let found: Vec<&str> = selectors(text, names(text)).map(|span| span.text(text.as_bytes())).collect();
        assert_eq!(found, ["node_load_x{a=\"{{ $labels.a }}\"}", "node_x_y{b=\"c\"}"]);
    }
}
