//! Texts that templates make, and the functions that evaluate templates.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::convert::{Doubt, convert};
use super::expression::Evaluator;
use super::functions::Sources;
use super::marks::Marks;
use super::refinement::Cause;
use super::scope::{Evaluated, Failure, Scope, ShortCircuit};
use super::text::{Hole, Piece, Shape, Text};
use super::value::{Kind, Value};
use crate::source::Span;
use crate::syntax::hcl::{self, Document, ExprKind, ExprView};
use crate::terraform::Type;

/// Longest text that is built, in bytes.
const MAX_LENGTH: usize = 1 << 20;

/// A character that ends a template file here and stands in no text (private use).
const END: char = '\u{f8fe}';

/// Collects the pieces of a text.
#[derive(Default)]
pub(super) struct Builder {
    pieces: Vec<Piece>,
    /// The literal that comes after them.
    tail: String,
    marks: Marks,
    cause: Option<Cause>,
    length: usize,
}

impl Builder {
    pub(super) fn push(&mut self, piece: Piece) {
        match piece {
            Piece::Literal(text) if self.length + text.len() > MAX_LENGTH => self.push_unknown(Cause::TooLarge),
            Piece::Literal(text) => {
                self.length += text.len();
                self.tail.push_str(&text);
            }
            hole => {
                self.end_literal();
                self.pieces.push(hole);
            }
        }
    }

    fn end_literal(&mut self) {
        if !self.tail.is_empty() {
            self.pieces.push(Piece::Literal(std::mem::take(&mut self.tail).into()));
        }
    }

    pub(super) fn push_unknown(&mut self, cause: Cause) {
        self.cause.get_or_insert(cause);
        self.push(Piece::Hole(Hole::new(Shape::Any)));
    }

    pub(super) fn mark(&mut self, marks: Marks) {
        self.marks = self.marks.and(marks);
    }

    /// Adds a value as text.
    pub(super) fn push_value(&mut self, value: &Value, doubt: &mut Doubt) -> Result<(), String> {
        self.mark(value.all_marks());
        let text =
            convert(value, &Type::String, doubt).map_err(|_| "only text, numbers and booleans can be in a text")?;
        if text.nullable {
            doubt.raise();
        }
        let text = text.not_null().ok_or("null cannot be in a text")?;
        match &text.kind {
            Kind::String(literal) => self.push(Piece::Literal(Arc::clone(literal))),
            _ => {
                self.cause = self.cause.take().or_else(|| Some(value.reason()));
                for piece in text.text().pieces() {
                    self.push(piece.clone());
                }
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Value {
        self.end_literal();
        let text = Text::of(self.pieces);
        let cause = self.cause.unwrap_or(Cause::Expression);
        Value::some_string(text, cause).marked(self.marks)
    }
}

/// The variables that a template sees.
struct Variables<'s> {
    values: BTreeMap<Arc<str>, Value>,
    outer: &'s dyn Scope,
}

impl Scope for Variables<'_> {
    fn resolve(&self, names: &[&str], span: Span, _: &mut Doubt) -> Result<(Value, usize), Failure> {
        let name = names.first().copied().unwrap_or_default();
        let value = self.values.get(name).cloned();
        value.map(|value| (value, 1)).ok_or_else(|| {
            Failure::new(format!("the template refers to `{name}`, which is not among its variables"), span)
        })
    }

    fn sources(&self) -> &dyn Sources {
        self.outer.sources()
    }

    fn short_circuit(&self) -> ShortCircuit {
        self.outer.short_circuit()
    }

    fn depth(&self) -> u32 {
        self.outer.depth() + 16
    }
}

impl Evaluator<'_> {
    /// `templatefile(path, variables)` and `templatestring(template, variables)`.
    pub(super) fn template_call(&mut self, name: &str, arguments: &[ExprView<'_>], span: Span) -> Evaluated {
        let [template, variables] = arguments else {
            return Err(Failure::new(format!("`{name}` takes two arguments"), span));
        };
        let (template, variables) = (self.eval(*template)?, self.eval(*variables)?);
        let marks = template.all_marks().and(variables.all_marks());
        let fallback = |cause: Cause| Ok(Value::some_string(Text::any(), cause).marked(marks));
        let text: Option<Arc<[u8]>> = match template.as_string() {
            _ if name == "templatefile" => super::functions::read_file(&template, self.scope().sources()),
            Some(text) => Some(Arc::from(text.as_bytes())),
            None => None,
        };
        let (Some(text), Some(values)) = (text, variables.as_mapping()) else {
            self.doubt.raise();
            return fallback(Cause::Function(name.into()));
        };
        if text.len() > MAX_LENGTH {
            self.doubt.raise();
            return fallback(Cause::TooLarge);
        }
        for name in values.keys() {
            let is_start = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
            let is_rest = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
            if !name.is_ascii() {
                self.doubt.raise();
            } else if !name.starts_with(is_start) || !name.chars().all(is_rest) {
                return Err(Failure::new(format!("{name:?} cannot be the name of a variable of a template"), span));
            }
        }
        let scope = Variables { values: values.clone(), outer: self.scope() };
        match evaluate_template(&text, &scope, &mut self.doubt) {
            Some(Ok(value)) => Ok(value),
            Some(Err(failure)) => Err(Failure::new(failure.message, span)),
            None => {
                self.doubt.raise();
                fallback(Cause::Function(name.into()))
            }
        }
    }
}

/// The text of a template file; nothing where it is no template that can be read.
fn evaluate_template(text: &[u8], scope: &Variables<'_>, doubt: &mut Doubt) -> Option<Evaluated> {
    let text = std::str::from_utf8(text).ok()?;
    // As a heredoc it is read by the same rules. No line of it may end the heredoc.
    let mut marker = "SPRAG_TEMPLATE".to_owned();
    while text.contains(&marker) {
        marker.push('_');
    }
    if text.contains(END) || text.contains('\r') {
        return None;
    }
    let wrapped = format!("x = <<{marker}\n{text}{END}\n{marker}\n");
    let tree = hcl::parse(wrapped.as_bytes());
    if !tree.errors.is_empty() {
        return None;
    }
    let document = Document::new(&tree, wrapped.as_bytes());
    let expr = document.root().value("x")?;
    let ExprKind::Template { parts, .. } = expr.kind() else { return None };
    let all: Vec<ExprView<'_>> = expr.list(parts).collect();
    // `${x}` alone is x itself, whatever its type, but not null.
    if let [only, last] = all.as_slice()
        && let ExprKind::Interpolation(inner) = only.kind()
        && last.literal_text().as_deref() == Some(&format!("{END}\n"))
    {
        let mut evaluator = Evaluator::new(scope);
        let value = evaluator.eval(document.expression(inner));
        doubt.may_fail |= evaluator.doubt.may_fail;
        return Some(value.and_then(|value| {
            if value.nullable {
                doubt.raise();
            }
            value.not_null().ok_or_else(|| Failure::new("the result of the template is null", only.span()))
        }));
    }
    let mut evaluator = Evaluator::new(scope);
    let mut out = Builder::default();
    let result = evaluator.template_parts(&all, &mut out);
    doubt.may_fail |= evaluator.doubt.may_fail;
    Some(result.map(|()| {
        if let Some(rest) = out.tail.strip_suffix(&format!("{END}\n")) {
            out.tail.truncate(rest.len());
        }
        out.finish()
    }))
}
