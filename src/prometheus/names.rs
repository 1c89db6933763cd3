//! Which names Prometheus takes for labels and recording rules.

use crate::syntax::promql::Version;

/// The rule for names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum NameScheme {
    /// Letters, digits, `_` (and `:` in metrics): Prometheus 2, and 3 with `metric_name_validation_scheme: legacy`.
    Legacy,
    /// Any text: Prometheus 3.
    #[default]
    Utf8,
}

impl NameScheme {
    /// The rule of a release, unless its configuration says otherwise.
    #[must_use]
    pub fn of(version: Version) -> Self {
        if version < Version::new(3, 0) { Self::Legacy } else { Self::Utf8 }
    }
}

/// Whether `name` may name a label.
#[must_use]
pub fn is_label_name(name: &str, scheme: NameScheme) -> bool {
    match scheme {
        NameScheme::Utf8 => !name.is_empty(),
        NameScheme::Legacy => is_word(name, |byte| byte == b'_'),
    }
}

/// Whether `name` may name the metric of a recording rule. Braces are not allowed there: they come from a selector that
/// was written in the wrong place (`rulefmt.go`: "braces present in the recording rule name").
#[must_use]
pub fn is_record_name(name: &str, scheme: NameScheme) -> bool {
    match scheme {
        NameScheme::Utf8 => !name.is_empty() && !name.contains(['{', '}']),
        NameScheme::Legacy => is_word(name, |byte| matches!(byte, b'_' | b':')),
    }
}

fn is_word(name: &str, extra: impl Fn(u8) -> bool) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || extra(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, legacy_label, utf8_label, legacy_record, utf8_record) in [
            ("a_b1", true, true, true, true),
            ("a:b", false, true, true, true),
            ("1a", false, true, false, true),
            ("a.b é", false, true, false, true),
            ("", false, false, false, false),
            ("a{b=\"c\"}", false, true, false, false),
        ] {
            assert_eq!(is_label_name(name, NameScheme::Legacy), legacy_label, "{name}");
            assert_eq!(is_label_name(name, NameScheme::Utf8), utf8_label, "{name}");
            assert_eq!(is_record_name(name, NameScheme::Legacy), legacy_record, "{name}");
            assert_eq!(is_record_name(name, NameScheme::Utf8), utf8_record, "{name}");
        }
    }
}
