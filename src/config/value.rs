//! From expressions to typed settings. Only literal values are taken; whatever else stands there gets a diagnostic
//! that says what was expected and what was found.

use std::borrow::Cow;
use std::cell::RefCell;

use super::located::{Located, Origin};
use super::text::Text;
use crate::diagnostic::{Diagnostic, FileId, LintId, Location, Severity};
use crate::source::Span;
use crate::syntax::hcl::{ExprKind, ExprView, UnaryOperator};

/// The lint that all mistakes of a configuration belong to.
pub const CONFIG_LINT: LintId = LintId::new("sprag/config");

/// Which text is being read.
#[derive(Clone, Copy)]
pub(super) enum Layer {
    /// The user's file.
    File(FileId),
    /// A bundled preset, named in the user's file at this place.
    Preset(&'static str, Location),
}

/// What reading a value needs besides the value.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) layer: Layer,
    /// The ids of all bundled lints.
    pub(super) lints: &'a [&'a str],
    pub(super) diagnostics: &'a RefCell<Vec<Diagnostic>>,
}

impl Context<'_> {
    pub(super) const fn location(&self, span: Span) -> Location {
        match self.layer {
            Layer::File(file) => Location::new(file, span),
            Layer::Preset(_, at) => at,
        }
    }

    pub(super) const fn origin(&self, span: Span) -> Origin {
        match self.layer {
            Layer::File(file) => Origin::File(Location::new(file, span)),
            Layer::Preset(name, at) => Origin::Preset { name, at },
        }
    }

    pub(super) const fn locate<T>(&self, value: T, span: Span) -> Located<T> {
        Located { value, origin: self.origin(span) }
    }

    /// A mistake in the text that is being read.
    pub(super) fn mistake(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(CONFIG_LINT, Severity::Error, self.location(span), message)
    }

    /// Presets have no mistakes (a test sees to it); what they name may be missing from a smaller list of lints.
    pub(super) fn report(&self, diagnostic: Diagnostic) {
        if matches!(self.layer, Layer::File(_)) {
            self.diagnostics.borrow_mut().push(diagnostic);
        }
    }

    /// Reads a string as a `T` and reports what is wrong with it.
    pub(super) fn parse<T: Text>(&self, text: &str, span: Span) -> Option<T> {
        match T::parse(text, self.lints) {
            Ok(value) => Some(value),
            Err(mistake) if matches!(self.layer, Layer::File(_)) => {
                let diagnostic = self.mistake(span, mistake.message);
                self.report(match mistake.help.or_else(|| T::advice(text, self.lints)) {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic,
                });
                None
            }
            Err(_) => None,
        }
    }

    /// Reports a value of the wrong type.
    pub(super) fn wrong_type(&self, value: ExprView<'_>, expected: &str) {
        let found = value.unparenthesised();
        if found.kind() == ExprKind::Error {
            return; // the syntax error is reported already
        }
        let diagnostic = self.mistake(value.span(), format!("expected {expected}, found {}", describe(found)));
        self.report(if is_literal(found) {
            match (expected.starts_with("a list"), found.kind()) {
                _ if expected.starts_with("an object") => diagnostic,
                (true, ExprKind::Template { .. }) => diagnostic.help(format!("write `[{}]`", found.text())),
                (false, ExprKind::Template { .. }) if is_quoted_literal(found) => {
                    diagnostic.help("write it without quotes")
                }
                _ => diagnostic,
            }
        } else if let Some(word) = found.as_keyword() {
            diagnostic.help(format!("the configuration takes literal values; a string stands in quotes: `\"{word}\"`"))
        } else {
            diagnostic.help("the configuration takes literal values: strings, numbers, bools, lists and objects")
        });
    }
}

/// A value that can be written after `=`.
pub(super) trait Setting: Sized {
    /// What is expected, as in "expected a list of strings, found a number".
    fn expected() -> String;

    /// Reads the value, or reports why it is none.
    fn read(value: ExprView<'_>, context: &Context<'_>) -> Option<Self>;
}

impl<T: Text> Setting for T {
    fn expected() -> String {
        T::EXPECTED.to_owned()
    }

    fn read(value: ExprView<'_>, context: &Context<'_>) -> Option<Self> {
        match string(value) {
            Some(text) => context.parse(&text, value.span()),
            None => {
                let expected = match T::EXPECTED {
                    "a string" => "a string".to_owned(),
                    meaning => format!("{meaning} in quotes"),
                };
                context.wrong_type(value, &expected);
                None
            }
        }
    }
}

impl Setting for bool {
    fn expected() -> String {
        "`true` or `false`".to_owned()
    }

    fn read(value: ExprView<'_>, context: &Context<'_>) -> Option<Self> {
        let found = value.as_bool();
        if found.is_none() {
            context.wrong_type(value, &Self::expected());
        }
        found
    }
}

/// A whole number from 1.
impl Setting for u32 {
    fn expected() -> String {
        "a positive whole number".to_owned()
    }

    fn read(value: ExprView<'_>, context: &Context<'_>) -> Option<Self> {
        let Some(text) = number(value) else {
            context.wrong_type(value, &Self::expected());
            return None;
        };
        let positive = text.parse().ok().filter(|number| *number > 0);
        if positive.is_none() {
            context.report(context.mistake(value.span(), format!("`{text}` is not a positive whole number")));
        }
        positive
    }
}

impl<T: Setting> Setting for Vec<Located<T>> {
    fn expected() -> String {
        let of = T::expected();
        format!("a list of {}s", of.split_once(' ').map_or(of.as_str(), |(_, noun)| noun))
    }

    fn read(value: ExprView<'_>, context: &Context<'_>) -> Option<Self> {
        let Some(elements) = value.elements() else {
            context.wrong_type(value, &Self::expected());
            return None;
        };
        let element =
            |element: ExprView<'_>| T::read(element, context).map(|value| context.locate(value, element.span()));
        Some(elements.into_iter().filter_map(element).collect())
    }
}

/// The value of a string without interpolations.
fn string(value: ExprView<'_>) -> Option<Cow<'_, str>> {
    let value = value.unparenthesised();
    let ExprKind::Template { parts, .. } = value.kind() else { return None };
    match value.as_string() {
        Some(text) => Some(text),
        None => value.list(parts).map(ExprView::literal_text).collect::<Option<String>>().map(Cow::Owned),
    }
}

/// The text of a number with its sign.
pub(super) fn number(value: ExprView<'_>) -> Option<String> {
    let value = value.unparenthesised();
    match value.kind() {
        ExprKind::Number => Some(value.text().to_owned()),
        ExprKind::Unary { operator: UnaryOperator::Negate, operand } => {
            let operand = value.document().expression(operand);
            (operand.kind() == ExprKind::Number).then(|| format!("-{}", operand.text()))
        }
        _ => None,
    }
}

/// A value that an input of an invariant takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `true` or `false`
    Bool(bool),
    /// A number as written.
    Number(String),
    /// A string.
    Text(String),
    /// `[ … ]`
    List(Vec<Self>),
    /// `{ … }` in the order written.
    Object(Vec<(String, Self)>),
}

impl Setting for Literal {
    fn expected() -> String {
        "a literal value".to_owned()
    }

    fn read(value: ExprView<'_>, context: &Context<'_>) -> Option<Self> {
        let literal = if let Some(text) = string(value) {
            Some(Self::Text(text.into_owned()))
        } else if let Some(entries) = value.entries() {
            let entry = |(key, value): (ExprView<'_>, ExprView<'_>)| {
                let Some(name) = key.as_key() else {
                    context.wrong_type(key, "a key");
                    return None;
                };
                Some((name.into_owned(), Self::read(value, context)?))
            };
            return entries.into_iter().map(entry).collect::<Option<Vec<_>>>().map(Self::Object);
        } else if let Some(elements) = value.elements() {
            let elements = elements.into_iter().map(|element| Self::read(element, context));
            return elements.collect::<Option<Vec<_>>>().map(Self::List);
        } else {
            value.as_bool().map(Self::Bool).or_else(|| number(value).map(Self::Number))
        };
        if literal.is_none() {
            context.wrong_type(value, &Self::expected());
        }
        literal
    }
}

fn is_literal(value: ExprView<'_>) -> bool {
    string(value).is_some()
        || number(value).is_some()
        || matches!(value.kind(), ExprKind::Null | ExprKind::Bool(_) | ExprKind::Tuple(_) | ExprKind::Object(_))
}

/// A number or bool that somebody put in quotes.
fn is_quoted_literal(value: ExprView<'_>) -> bool {
    value.as_string().is_some_and(|text| text.parse::<f64>().is_ok() || text.parse::<bool>().is_ok())
}

fn describe(value: ExprView<'_>) -> &'static str {
    match value.kind() {
        _ if number(value).is_some() => "a number",
        ExprKind::Null => "`null`",
        ExprKind::Bool(_) => "a bool",
        ExprKind::Template { .. } if string(value).is_none() => "a template",
        ExprKind::Template { .. } => "a string",
        ExprKind::Tuple(_) => "a list",
        ExprKind::Object(_) => "an object",
        ExprKind::Variable | ExprKind::GetAttr { .. } | ExprKind::Index { .. } | ExprKind::LegacyIndex { .. } => {
            "a reference"
        }
        ExprKind::Call { .. } => "a function call",
        ExprKind::For(_) => "a `for` expression",
        _ => "an expression",
    }
}
