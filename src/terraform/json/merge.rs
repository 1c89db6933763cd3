//! A file that is an array of objects as one object that means the same.

use std::borrow::Cow;

use crate::source::Span;
use crate::syntax::json::{self, Document, Kind, Value, decode};

/// The place of the array and the text of the object. A property that several elements have becomes a list, which
/// Terraform reads as its elements one after the other. Nothing where the file is anything else.
#[must_use]
pub(in crate::terraform) fn merged(text: &[u8]) -> Option<(Span, String)> {
    let Document { root, errors } = json::parse(text);
    let Kind::Array(elements) = &root.kind else { return None };
    let slice = |value: &Value| std::str::from_utf8(value.span.slice(text)).ok();
    if !errors.is_empty() {
        return None;
    }
    if let [only] = elements.as_slice()
        && matches!(only.kind, Kind::Object(_))
    {
        return Some((root.span, slice(only)?.to_owned()));
    }
    let mut properties: Vec<(Cow<'_, str>, &str, Vec<&str>)> = Vec::new();
    for element in elements {
        let Kind::Object(members) = &element.kind else { return None };
        for member in members {
            let name = decode(text, member.name);
            let values = match &member.value.kind {
                Kind::Array(values) => values.iter().map(slice).collect::<Option<Vec<_>>>()?,
                _ => vec![slice(&member.value)?],
            };
            match properties.iter_mut().find(|(known, ..)| *known == name) {
                Some((_, _, all)) => all.extend(values),
                None => properties.push((name, member.name.text(text), values)),
            }
        }
    }
    let property = |(_, name, values): &(Cow<'_, str>, &str, Vec<&str>)| match values.as_slice() {
        [value] => format!("  {name}: {value}"),
        values => format!("  {name}: [{}]", values.join(", ")),
    };
    let line_break = if memchr::memmem::find(text, b"\r\n").is_some() { "\r\n" } else { "\n" };
    let lines: Vec<String> = properties.iter().map(property).collect();
    let object = format!("{{{line_break}{}{line_break}}}", lines.join(&format!(",{line_break}")));
    Some((root.span, if lines.is_empty() { "{}".to_owned() } else { object }))
}

#[cfg(test)]
mod tests {
    use super::merged;

    fn of(text: &str) -> Option<String> {
        merged(text.as_bytes()).map(|(_, text)| text)
    }

    #[test]
    fn one_object_stays_as_it_is_written() {
        assert_eq!(of(" [{\"locals\":\n{\"a\": 1}}]\n").as_deref(), Some("{\"locals\":\n{\"a\": 1}}"));
        assert_eq!(of("[]").as_deref(), Some("{}"));
    }

    #[test]
    fn properties_of_several_are_collected() {
        assert_eq!(
            of(r#"[{"locals": {"a": 1}, "x": [1, 2]}, {"\u006cocals": {"b": 2}}, {"locals": [{"c": 3}]}]"#).as_deref(),
            Some("{\n  \"locals\": [{\"a\": 1}, {\"b\": 2}, {\"c\": 3}],\n  \"x\": [1, 2]\n}")
        );
    }

    #[test]
    fn anything_else_is_left_alone() {
        for text in ["{}", "[1]", "[{}", "[{}, 1]", "1"] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
