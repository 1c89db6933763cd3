//! Strings that hold native syntax: templates and expressions. Each is parsed on its own first, so that an error stays
//! in its string and the rest of the file keeps its meaning.

use super::schema::Mode;
use super::writer::Writer;
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::hcl::{self, Document, ExprKind, ExprView, TokenKind, Tree};

/// A template without errors; spans are bytes of the string's value.
pub(super) enum Template {
    /// Nothing but one interpolation: the value of its expression, of whatever type.
    Whole(Span),
    /// Text and sequences; all but these parts is written as it is.
    Mixed(Vec<Rewrite>),
}

/// A part of a template that is literal text, or a strip marker.
pub(super) struct Rewrite {
    span: Span,
    /// What is kept of it, with the escapes of a quoted string.
    kept: Span,
}

/// Parses the value of a string as a template. Text in a heredoc has the rules of a template without quotes.
pub(super) fn read(decoded: &Writer<'_>, string: Span) -> Result<Template, Vec<SyntaxError>> {
    let marker = marker(&decoded.text);
    let mut text = Vec::with_capacity(decoded.text.len() + 2 * marker.len() + 10);
    text.extend_from_slice(b"x = <<");
    text.extend_from_slice(&marker);
    text.push(b'\n');
    let start = u32::try_from(text.len()).unwrap_or(u32::MAX);
    text.extend_from_slice(&decoded.text);
    text.push(b'\n');
    text.extend_from_slice(&marker);
    text.push(b'\n');
    let content = Span::new(start, start + decoded.end());
    let tree = hcl::parse(&text);
    if !tree.errors.is_empty() {
        return Err(errors(&tree, content, decoded, string));
    }
    let value = Document::new(&tree, &text).root().value("x");
    let relative = |span: Span| Span::new(span.start - start, span.end.min(content.end) - start);
    if let Some(inner) = value.and_then(|value| single_interpolation(value, content)) {
        return Ok(Template::Whole(relative(inner)));
    }
    let rewrites = rewrites(&tree, &text, content).into_iter();
    let relative = |part: Rewrite| Rewrite { span: relative(part.span), kept: relative(part.kept) };
    Ok(Template::Mixed(rewrites.map(relative).collect()))
}

/// A word that ends no line of `text`.
fn marker(text: &[u8]) -> Vec<u8> {
    let longest = text.split(|byte| *byte != b'_').map(<[u8]>::len).max().unwrap_or(0);
    let mut marker = vec![b'_'; longest + 1];
    marker.push(b'E');
    marker
}

/// The expression of a template that is one interpolation. The line break before the marker is a literal of its own.
fn single_interpolation(value: ExprView<'_>, content: Span) -> Option<Span> {
    let ExprKind::Template { parts, .. } = value.kind() else { return None };
    let mut parts = value.list(parts);
    let first = parts.next()?;
    let ExprKind::Interpolation(inner) = first.kind() else { return None };
    (first.span() == content).then(|| value.document().expression(inner).span())
}

/// What of the outer template is text, and its strip markers. What stands inside sequences is left as it is.
///
/// Markers are carried out here: in JSON, as in a heredoc, they take white space up to the end of a line, but in the
/// quoted string that is written they would take all of it.
fn rewrites(tree: &Tree, text: &[u8], content: Span) -> Vec<Rewrite> {
    let mut all = Vec::new();
    let (mut nested, mut trim_start) = (0, false);
    for index in 0..tree.tokens.len() {
        let span = tree.tokens.span(index);
        match tree.tokens.get(index).kind() {
            TokenKind::OpenHeredoc | TokenKind::OpenFlushHeredoc | TokenKind::OpenQuote => nested += 1,
            TokenKind::CloseHeredoc | TokenKind::CloseQuote => nested -= 1,
            _ if nested != 1 => {}
            TokenKind::OpenInterpolationTrim | TokenKind::OpenDirectiveTrim => {
                all.push(Rewrite { span: Span::new(span.end - 1, span.end), kept: Span::at(span.end) });
            }
            TokenKind::CloseSequenceTrim => {
                all.push(Rewrite { span: Span::new(span.start, span.start + 1), kept: Span::at(span.start + 1) });
                trim_start = true;
            }
            TokenKind::CloseSequence => trim_start = false,
            TokenKind::HeredocText if span.start < content.end => {
                let next = tree.tokens.get(index + 1).kind();
                let trim_end = matches!(next, TokenKind::OpenInterpolationTrim | TokenKind::OpenDirectiveTrim);
                let span = Span::new(span.start, span.end.min(content.end));
                all.push(Rewrite { span, kept: trimmed(text, span, trim_start, trim_end) });
            }
            _ => {}
        }
    }
    all
}

/// What strip markers leave of the text at `span`: they take white space of its first and its last line.
fn trimmed(text: &[u8], span: Span, trim_start: bool, trim_end: bool) -> Span {
    let all = span.text(text);
    let mut kept = span;
    if trim_start {
        let first = all.split_inclusive('\n').next().unwrap_or("");
        kept.start += length(first) - length(first.trim_start());
    }
    if trim_end {
        let last = Span::new(kept.start, span.end).text(text).split_inclusive('\n').next_back().unwrap_or("");
        kept.end -= length(last) - length(last.trim_end());
    }
    kept
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// The parser's errors at their places in the file. What it misses after the end of the string is missing in it.
fn errors(tree: &Tree, content: Span, decoded: &Writer<'_>, string: Span) -> Vec<SyntaxError> {
    let place = |span: Span| {
        let start = span.start.clamp(content.start, content.end) - content.start;
        let end = span.end.clamp(content.start, content.end) - content.start;
        if start == decoded.end() {
            Span::at(string.end.saturating_sub(1))
        } else {
            decoded.map.to_file(Span::new(start, end))
        }
    };
    let mut all: Vec<SyntaxError> = Vec::new();
    for error in &tree.errors {
        if error.span.start >= content.end {
            if all.is_empty() {
                let unclosed = SyntaxError::new(string, "a template sequence in this string is not closed");
                all.push(unclosed.note("expected `}` before the closing quote"));
            }
            continue;
        }
        let related = error.related.as_ref().filter(|(span, _)| content.covers(*span));
        all.push(SyntaxError {
            span: place(error.span),
            related: related.map(|(span, message)| (place(*span), message.clone())),
            ..error.clone()
        });
    }
    all
}

impl Template {
    /// Writes the template as an expression. `string` is its place in the file, with quotes.
    pub(super) fn write<'a>(&self, decoded: &Writer<'a>, string: Span, out: &mut Writer<'a>) {
        match self {
            Self::Whole(inner) => write_inner(decoded, *inner, out),
            Self::Mixed(rewrites) => {
                out.atom(b"\"", Span::new(string.start, string.start + 1));
                let mut at = 0;
                for Rewrite { span, kept } in rewrites {
                    out.splice(decoded, Span::new(at, span.start));
                    write_text(decoded, *kept, *span, out);
                    at = span.end;
                }
                out.splice(decoded, Span::new(at, decoded.end()));
                out.atom(b"\"", Span::new(string.end - 1, string.end));
            }
        }
    }
}

/// Literal text of which `kept` is left. Where it ends in `$` only now, that must not escape the sequence behind it.
fn write_text<'a>(decoded: &Writer<'a>, kept: Span, span: Span, out: &mut Writer<'a>) {
    let last = kept.slice(&decoded.text).last();
    let escape: &[u8] = match last {
        Some(b'$') if kept.end < span.end => b"\\u0024",
        Some(b'%') if kept.end < span.end => b"\\u0025",
        _ => return out.literal(decoded, kept, false),
    };
    out.literal(decoded, Span::new(kept.start, kept.end - 1), false);
    out.atom(escape, decoded.map.to_file(Span::new(kept.end - 1, kept.end)));
}

/// An expression that was parsed alone, in brackets where its surroundings would change it.
fn write_inner<'a>(decoded: &Writer<'a>, inner: Span, out: &mut Writer<'a>) {
    let text = inner.slice(&decoded.text);
    let spans_lines = memchr::memchr(b'\n', text).is_some();
    // `[for` begins another kind of expression.
    if !spans_lines && !text.starts_with(b"for") {
        return out.splice(decoded, inner);
    }
    out.filler(b"(");
    out.splice(decoded, inner);
    out.filler(if spans_lines { b"\n)" } else { b")" });
}

/// Writes the value of a string as the reference, type or expression that it holds. Writes nothing if it holds none.
pub(super) fn write_expression<'a>(decoded: &Writer<'a>, mode: Mode, out: &mut Writer<'a>) -> bool {
    let mut text = b"x = (".to_vec();
    let start = 5;
    text.extend_from_slice(&decoded.text);
    text.extend_from_slice(b"\n)\n");
    let tree = hcl::parse(&text);
    let document = Document::new(&tree, &text);
    let inner = document.root().value("x").and_then(|value| match value.kind() {
        ExprKind::Paren(inner) if tree.errors.is_empty() => Some(document.expression(inner)),
        _ => None,
    });
    let Some(inner) = inner.filter(|inner| has_shape(*inner, mode)) else { return false };
    write_inner(decoded, Span::new(inner.span().start - start, inner.span().end - start), out);
    true
}

fn has_shape(expr: ExprView<'_>, mode: Mode) -> bool {
    let kind = expr.kind();
    match mode {
        Mode::Type => matches!(kind, ExprKind::Variable | ExprKind::Call { .. }),
        Mode::Reference => matches!(
            kind,
            ExprKind::Variable | ExprKind::GetAttr { .. } | ExprKind::Index { .. } | ExprKind::LegacyIndex { .. }
        ),
        _ => true,
    }
}
