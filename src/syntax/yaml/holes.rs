//! Tells a template that makes YAML (Helm, Jinja, Terraform's `templatefile`) from YAML with a mistake in it, and from
//! the templates of Prometheus.

use crate::source::Span;
use crate::syntax::find_pair;

/// What only Prometheus' own templates say inside `{{ }}`: such a pair of braces is text of a rule, not a hole.
const PROMETHEUS: [&str; 12] = [
    "$value",
    "$labels",
    "$externalLabels",
    "$externalURL",
    ".Labels",
    ".Value ",
    ".ExternalLabels",
    ".ExternalURL",
    "query ",
    "humanize",
    "printf \"%",
    "strvalue",
];

/// What templates of Prometheus never read: the objects of Helm.
const HELM: [&str; 4] = [".Values.", ".Release.", ".Chart.", ".Capabilities."];

/// The first hole of a text that is no YAML, or where something else than text is wanted.
#[must_use]
pub fn template_hole(source: &[u8]) -> Option<Span> {
    memchr::memchr3_iter(b'{', b'%', b'$', source).find_map(|at| hole(source, at))
}

/// The first hole in text that Prometheus might expand itself: only what it can never mean counts. That is what reads
/// Helm's objects, `include`, and quoted braces, with which Helm and Jinja write braces (`{{ "{{" }}`).
#[must_use]
pub fn foreign_hole(text: &str) -> Option<Span> {
    // Holes that are opened in each other end at the same place: what the outer one reads, the inner ones need not be
    // asked again.
    let (mut from, mut end) = (0, 0);
    loop {
        let at = from + find_pair(&text[from..], b'{')?;
        let is_outer = at >= end;
        if is_outer {
            end = at + find_pair(&text[at..], b'}')?;
        }
        let body = &text[at + 2..end];
        let start = body.trim_start_matches(|edge: char| edge == '-' || edge.is_whitespace());
        let is_quoted_brace = start.strip_prefix(['"', '\'', '`']).is_some_and(|rest| rest.starts_with("{{"));
        let mut dots = memchr::memchr_iter(b'.', body.as_bytes());
        let mut reads_helm = || dots.any(|dot| HELM.iter().any(|name| body[dot..].starts_with(name)));
        if is_quoted_brace || start.starts_with("include ") || is_outer && reads_helm() {
            return Some(Span::from(at..end + 2));
        }
        from = at + 2;
    }
}

fn hole(source: &[u8], at: usize) -> Option<Span> {
    let rest = &source[at..];
    match rest {
        [b'{', b'{', ..] => {
            let end = memchr::memmem::find(rest, b"}}")? + 2;
            let body = String::from_utf8_lossy(rest.get(2..end - 2)?);
            let word = body.trim_matches(|edge: char| edge == '-' || edge == '~' || edge.is_whitespace());
            let is_prometheus = word.is_empty()
                || matches!(word, "end" | "else")
                || PROMETHEUS.iter().any(|name| format!("{word} ").contains(name));
            (!is_prometheus).then(|| Span::from(at..at + end))
        }
        // Jinja statements; templatefile directives; templatefile holes, but not `${1}` of a regular expression.
        [b'{', b'%', ..] | [b'%', b'{', b' ' | b'~' | b'a'..=b'z', ..] => Some(Span::from(at..at + 2)),
        [b'$', b'{', first, ..] if !first.is_ascii_digit() && *first != b'}' => {
            let end = memchr::memchr(b'}', rest)? + 1;
            Some(Span::from(at..at + end))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_told_from_prometheus_templates() {
        for (source, hole) in [
            ("a: {{ .Values.name }}", "{{ .Values.name }}"),
            ("{{- if .Values.rules.enabled }}", "{{- if .Values.rules.enabled }}"),
            ("a: {{ $value }} b: {{ include \"x\" . }}", "{{ include \"x\" . }}"),
            ("{{ ansible_host }}", "{{ ansible_host }}"),
            ("{% for x in y %}", "{%"),
            ("%{ for x in y ~}", "%{"),
            ("a: ${name}", "${name}"),
        ] {
            assert_eq!(
                template_hole(source.as_bytes()).map(|span| span.text(source.as_bytes())),
                Some(hole),
                "{source}"
            );
        }
        for source in [
            "summary: {{ $labels.instance }} is down",
            "{{ .Value | humanize }}{{ .Value}} {{ end }}{{- else -}}{{ if gt $value 1.0 }}",
            "label_replace(up, \"a\", \"${1}\", \"b\", \"(.*)\") % {",
            "{{ unclosed",
            "{{}}",
            "{{",
        ] {
            assert_eq!(template_hole(source.as_bytes()), None, "{source}");
        }
    }

    #[test]
    fn foreign_holes_are_nothing_that_prometheus_expands() {
        for text in [
            "in {{ .Values.cluster | quote }}",
            "{{- include \"x\" . }}",
            "{{`{{ $labels.instance }}`}} is down",
            "{{ '{{' }} $labels.instance {{ '}}' }}",
            "{{ $value }} {{ \"{{ $labels.instance }}\" }}",
        ] {
            assert!(foreign_hole(text).is_some(), "{text}");
        }
        for text in [
            "{{ .Value }}{{ .Labels.Values }}",
            "{{ with query \"up\" }}{{ . | first | value }}{{ end }}",
            "{{ \"{\" }}",
        ] {
            assert_eq!(foreign_hole(text), None, "{text}");
        }
    }

    proptest::proptest! {
        /// The same by asking every hole.
        #[test]
        fn holes_in_holes_need_not_be_asked(text in "(\\{\\{|\\}\\}|\\{|\\}|\\.Values\\.|include |-| |'|a|é){0,14}") {
            let is_foreign = |(at, _): &(usize, &str)| {
                let Some(length) = text[*at..].find("}}") else { return false };
                let body = &text[at + 2..at + length];
                let start = body.trim_start_matches(|edge: char| edge == '-' || edge.is_whitespace());
                let quoted = start.strip_prefix(['"', '\'', '`']).is_some_and(|rest| rest.starts_with("{{"));
                quoted || start.starts_with("include ") || body.contains(".Values.")
            };
            let found = text.match_indices("{{").find(is_foreign).map(|(at, _)| at);
            proptest::prop_assert_eq!(foreign_hole(&text).map(|span| span.start as usize), found);
        }
    }
}
