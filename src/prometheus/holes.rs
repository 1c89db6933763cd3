//! Configurations that are templates: Terraform's `templatefile` (`${ }`, `%{ }`), Jinja and Go (`{{ }}`, `{% %}`). The
//! holes are covered so that the rest can be read as YAML, at the same offsets, and remembered so that what depends on
//! them is known to be unknown. Knows nothing of what the YAML means.

use crate::source::Span;

/// A text with its holes covered.
#[derive(Debug, Default)]
pub(super) struct Masked {
    /// As long as the original.
    pub(super) text: Vec<u8>,
    /// What is filled in, in order.
    holes: Vec<Span>,
    /// What is there only sometimes, or several times: between `if` or `for` and its end.
    conditional: Vec<Span>,
    /// Where whole lines are filled in.
    pub(super) insertions: Vec<u32>,
}

/// What stands in the place of a hole: text that is valid wherever a value is.
const COVER: u8 = b'x';

impl Masked {
    /// Covers the holes of `source`.
    pub(super) fn new(source: &[u8]) -> Self {
        let mut masked = Self { text: source.to_vec(), ..Self::default() };
        let mut open: Vec<usize> = Vec::new();
        let mut at = 0;
        while let Some(found) = memchr::memchr3(b'$', b'%', b'{', &source[at..]) {
            let start = at + found;
            let Some((kind, end)) = hole(source, start) else {
                at = start + 1;
                continue;
            };
            match kind {
                Kind::Literal => {}
                Kind::Value => {
                    masked.holes.push(Span::from(start..end));
                    masked.text[start..end].fill(COVER);
                }
                Kind::Directive => {
                    match first_word(&source[start + 2..end]) {
                        b"if" | b"for" => open.push(start),
                        b"endif" | b"endfor" => {
                            if let Some(start) = open.pop() {
                                masked.conditional.push(Span::from(start..end));
                            }
                        }
                        _ => {}
                    }
                    blank(&mut masked.text[start..end]);
                }
            }
            at = end;
        }
        let length = source.len();
        masked.conditional.extend(open.into_iter().map(|start| Span::from(start..length)));
        masked.blank_whole_lines();
        masked
    }

    /// Lines that are nothing but holes become empty: what comes there is no value of anything.
    fn blank_whole_lines(&mut self) {
        let mut start = 0;
        for line in self.text.clone().split_inclusive(|byte| *byte == b'\n') {
            let end = start + line.len();
            let place = Span::from(start..end);
            let first = self.holes.partition_point(|hole| hole.end <= place.start);
            let holes: Vec<Span> =
                self.holes[first..].iter().copied().take_while(|hole| hole.start < place.end).collect();
            let covered: u32 = holes.iter().map(|hole| hole.len()).sum();
            let rest = line.iter().filter(|byte| !byte.is_ascii_whitespace()).count();
            if !holes.is_empty() && rest == covered as usize {
                blank(&mut self.text[start..end]);
                self.insertions.push(holes[0].start);
            }
            start = end;
        }
    }

    /// Whether any of `span` is filled in.
    pub(super) fn has_hole(&self, span: Span) -> bool {
        let first = self.holes.partition_point(|hole| hole.end <= span.start);
        self.holes.get(first).is_some_and(|hole| hole.start < span.end)
    }

    /// Whether all of `span` is filled in, quotes around it left out.
    pub(super) fn is_hole(&self, span: Span) -> bool {
        let inner = |edge: u32| Span::new(span.start + edge, span.end.saturating_sub(edge));
        self.holes.iter().any(|hole| hole.covers(span) || span.len() > 2 && hole.covers(inner(1)))
    }

    /// Whether `span` lies between `if` or `for` and its end, and `whole`, of which it is a part, does not.
    pub(super) fn is_conditional(&self, span: Span, whole: Span) -> bool {
        self.conditional.iter().any(|part| part.covers(span) && !part.covers(whole))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An escape: `$${`, `%%{`.
    Literal,
    Value,
    Directive,
}

/// The hole that starts at `start`, and its end.
fn hole(source: &[u8], start: usize) -> Option<(Kind, usize)> {
    let rest = &source[start..];
    match rest {
        [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..] => Some((Kind::Literal, start + 3)),
        // `${1}` is a group of a regular expression.
        [b'$', b'{', first, ..] if !first.is_ascii_digit() && *first != b'}' => {
            Some((Kind::Value, start + braces(rest, 2)?))
        }
        [b'%', b'{', b' ' | b'~' | b'a'..=b'z', ..] => Some((Kind::Directive, start + braces(rest, 2)?)),
        [b'{', b'{', ..] => Some((Kind::Value, start + memchr::memmem::find(rest, b"}}")? + 2)),
        [b'{', b'%', ..] => Some((Kind::Directive, start + memchr::memmem::find(rest, b"%}")? + 2)),
        _ => None,
    }
}

/// The end of the braces of which the first is open before `at`. Quoted braces do not count.
fn braces(text: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 1;
    let mut is_quoted = false;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' if is_quoted => at += 1,
            b'"' => is_quoted = !is_quoted,
            b'{' if !is_quoted => depth += 1,
            b'}' if !is_quoted => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn first_word(text: &[u8]) -> &[u8] {
    let start = text.iter().position(u8::is_ascii_lowercase).unwrap_or(text.len());
    let rest = &text[start..];
    &rest[..rest.iter().position(|byte| !byte.is_ascii_lowercase()).unwrap_or(rest.len())]
}

/// Overwrites with spaces, keeping the lines.
fn blank(text: &mut [u8]) {
    for byte in text.iter_mut().filter(|byte| **byte != b'\n') {
        *byte = b' ';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(text: &str) -> (Masked, String) {
        let masked = Masked::new(text.as_bytes());
        let covered = String::from_utf8(masked.text.clone()).unwrap();
        assert_eq!(covered.len(), text.len());
        (masked, covered)
    }

    #[test]
    fn values_are_covered_and_directives_are_blanked() {
        let (masked, text) = mask("%{ for h in hosts ~}\n- t: \"${h}:1\"\n%{ endfor ~}\nlast: ${1} $${x}\n");
        assert_eq!(text, "                    \n- t: \"xxxx:1\"\n            \nlast: ${1} $${x}\n");
        let all = Span::new(0, 70);
        assert!(masked.is_conditional(Span::new(21, 30), all) && !masked.is_conditional(Span::new(49, 52), all));
        assert!(!masked.is_conditional(Span::new(25, 30), Span::new(21, 30)));
        assert!(masked.has_hole(Span::new(26, 34)) && !masked.is_hole(Span::new(26, 34)));
        assert!(masked.is_hole(Span::new(27, 31)) && !masked.has_hole(Span::new(50, 60)));
    }

    #[test]
    fn lines_that_are_only_a_hole_are_insertions() {
        let (masked, text) = mask("a:\n  ${indent(2, yamlencode({ a = \"}\" }))}\nb: {{ c }}\n");
        assert_eq!(text, format!("a:\n{}\nb: xxxxxxx\n", " ".repeat(39)));
        assert_eq!(masked.insertions, [5]);
    }

    #[test]
    fn what_is_never_closed_is_no_hole() {
        assert_eq!(mask("a: ${b\n").1, "a: ${b\n");
        assert_eq!(mask("a: {{ b\n").1, "a: {{ b\n");
        let (masked, _) = mask("%{ if a }\nb: c\n");
        assert!(masked.is_conditional(Span::new(10, 14), Span::new(0, 99)));
    }
}
