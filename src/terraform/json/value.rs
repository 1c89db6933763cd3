//! Values as expressions.

use std::collections::HashMap;

use super::schema::Mode;
use super::writer::Writer;
use super::{shown, template};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::json::{Kind, Member, Value, decode};

pub(super) struct ValueWriter<'a> {
    pub(super) out: Writer<'a>,
    pub(super) errors: Vec<SyntaxError>,
}

impl<'a> ValueWriter<'a> {
    pub(super) fn new(file: &'a [u8]) -> Self {
        Self { out: Writer::new(file), errors: Vec::new() }
    }

    pub(super) fn value(&mut self, value: &Value, mode: Mode) {
        match &value.kind {
            Kind::Null | Kind::Bool | Kind::Number => self.out.copy(value.span),
            Kind::Invalid => self.out.atom(b"null", value.span),
            Kind::String => self.string(value.span, mode),
            Kind::Array(values) => self.array(value.span, values, mode),
            Kind::Object(members) => self.object(value.span, members, mode),
        }
    }

    fn array(&mut self, span: Span, values: &[Value], mode: Mode) {
        self.open(b"[", span);
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.out.filler(b", ");
            }
            self.value(value, mode);
        }
        self.close(b"]", span);
    }

    fn object(&mut self, span: Span, members: &[Member], mode: Mode) {
        if matches!(mode, Mode::Template | Mode::Plain) {
            self.check_names(members, mode);
        }
        self.open(b"{", span);
        self.out.filler(b"\n");
        for member in members {
            let inner = match mode {
                Mode::Open if decode(self.out.file, member.name) == "//" => continue,
                Mode::Requirement if decode(self.out.file, member.name) == "configuration_aliases" => Mode::Reference,
                Mode::Requirement => Mode::Plain,
                _ => mode,
            };
            self.key(member.name, mode);
            self.out.filler(b" = ");
            self.value(&member.value, inner);
            self.out.filler(b"\n");
        }
        self.close(b"}", span);
    }

    fn open(&mut self, bracket: &[u8], span: Span) {
        self.out.atom(bracket, Span::new(span.start, span.start + 1));
    }

    fn close(&mut self, bracket: &[u8], span: Span) {
        self.out.atom(bracket, Span::new(span.end.max(span.start + 1) - 1, span.end.max(span.start + 1)));
    }

    /// Terraform evaluates an object with a name twice to an error.
    fn check_names(&mut self, members: &[Member], mode: Mode) {
        let file = self.out.file;
        let mut first: HashMap<_, Span> = HashMap::with_capacity(members.len());
        for member in members {
            let name = decode(file, member.name);
            if mode == Mode::Template && has_sequence(name.as_bytes()) {
                continue;
            }
            if let Some(first) = first.get(&name) {
                let error = SyntaxError::new(member.name, format!("{} is set twice", shown(&name)));
                self.errors.push(error.related(*first, "first set here").help("remove one of the two"));
            } else {
                first.insert(name, member.name);
            }
        }
    }

    /// The name of an object's attribute: a template like any string; in `providers` a reference.
    fn key(&mut self, span: Span, mode: Mode) {
        match mode {
            Mode::Template | Mode::Open => {
                let is_template = has_sequence(decode(self.out.file, span).as_bytes());
                if is_template {
                    self.out.filler(b"(");
                }
                self.string(span, Mode::Template);
                if is_template {
                    self.out.filler(b")");
                }
            }
            Mode::Reference => self.string(span, Mode::Reference),
            _ => self.plain(&Writer::of_string(self.out.file, span), span),
        }
    }

    fn string(&mut self, span: Span, mode: Mode) {
        let inner = span.slice(self.out.file);
        match mode {
            Mode::Reference | Mode::Expression | Mode::Type => return self.static_expression(span, mode),
            _ if is_simple(inner) => return self.out.copy(span),
            _ => {}
        }
        let decoded = Writer::of_string(self.out.file, span);
        let is_template = matches!(mode, Mode::Template | Mode::Open) && has_sequence(&decoded.text);
        if !is_template || has_lone_return(&decoded.text) {
            return self.plain(&decoded, span);
        }
        match template::read(&decoded, span) {
            Ok(template) => template.write(&decoded, span, &mut self.out),
            Err(errors) => {
                self.errors.extend(errors);
                self.plain(&decoded, span);
            }
        }
    }

    /// A string that means itself.
    fn plain(&mut self, decoded: &Writer<'a>, span: Span) {
        self.out.atom(b"\"", Span::new(span.start, span.start + 1));
        self.out.literal(decoded, Span::new(0, decoded.end()), true);
        self.out.atom(b"\"", Span::new(span.end - 1, span.end));
    }

    /// A string that holds native syntax.
    fn static_expression(&mut self, span: Span, mode: Mode) {
        let decoded = Writer::of_string(self.out.file, span);
        if template::write_expression(&decoded, mode, &mut self.out) {
            return;
        }
        let text = shown(&String::from_utf8_lossy(&decoded.text));
        let error = match mode {
            Mode::Type => SyntaxError::new(span, format!("{text} is not a type"))
                .help("write a type such as `string` or `list(string)`"),
            Mode::Expression => SyntaxError::new(span, format!("{text} is not an expression"))
                .help("the string holds native syntax, without `${` and `}`"),
            _ => SyntaxError::new(span, format!("{text} is not a reference"))
                .help("the string holds an address or keyword and nothing else, such as `aws_instance.web`"),
        };
        self.errors.push(error);
        self.plain(&decoded, span);
    }
}

/// Whether a JSON string, with its quotes, is the same string in native syntax and needs no second look.
fn is_simple(quoted: &[u8]) -> bool {
    let is_special = |byte: &u8| matches!(byte, b'\\' | b'$' | b'%') || *byte < 0x20;
    !quoted.iter().any(is_special) && std::str::from_utf8(quoted).is_ok()
}

/// Whether a carriage return stands without a line feed: from there on Terraform takes a string as plain text (measured
/// with 1.11.4: `"\r${local.a}"` stays as it is).
fn has_lone_return(text: &[u8]) -> bool {
    memchr::memchr_iter(b'\r', text).any(|at| text.get(at + 1) != Some(&b'\n'))
}

/// Whether a template sequence or its escape occurs.
fn has_sequence(text: &[u8]) -> bool {
    memchr::memchr_iter(b'{', text).any(|at| at > 0 && matches!(text[at - 1], b'$' | b'%'))
}
