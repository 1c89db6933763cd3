//! The placeholders of legends: `{{instance}}` stands for a label of the series. Grafana puts nothing where the series
//! has no such label.

use crate::prometheus::is_label_name;
use crate::prometheus::names::NameScheme;
use crate::source::Span;

/// The labels that `text` reads, with the places of their names. What is no name of a label is left out.
pub fn placeholders(text: &str) -> impl Iterator<Item = (&str, Span)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let open = at + text.get(at..)?.find("{{")? + 2;
            let close = open + text[open..].find("}}")?;
            at = close + 2;
            let inner = &text[open..close];
            let name = inner.trim();
            if is_label_name(name, NameScheme::Legacy) {
                let start = open + (inner.len() - inner.trim_start().len());
                return Some((name, Span::from(start..start + name.len())));
            }
        }
    })
}
