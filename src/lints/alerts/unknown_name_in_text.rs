//! See `lints/alerts/unknown-name-in-text/README.md`.

use crate::linter::{Check, Reporter, TypedRules};
use crate::prometheus::infer::{Knowledge, Metric};
use crate::source::Span;

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    let world = rules.monitoring.world;
    for view in rules.alerts().map(|rule| &rule.view) {
        for pair in &view.rule.annotations {
            for (word, span) in names(&pair.value.value) {
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
        }
    }
}

/// The words of a text that look like names of metrics: lower case, with underscores, not part of a path or address.
fn names(text: &str) -> impl Iterator<Item = (&str, Span)> {
    let is_part =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | ':' | '/' | '.' | '-' | '$' | '@');
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text[at..].find(is_part)?;
            let length = text[start..].find(|letter| !is_part(letter)).unwrap_or(text.len() - start);
            at = start + length;
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
}
