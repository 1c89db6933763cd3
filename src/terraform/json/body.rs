//! Objects as bodies: properties become blocks with labels, and arguments.

use std::borrow::Cow;
use std::collections::HashMap;

use super::schema::{self, Mode, Nested, Schema};
use super::value::ValueWriter;
use super::writer::Writer;
use super::{JsonKind, Transliterated, shown, unquoted};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::json::{Kind, Member, Value, decode};

/// Labels are repeated for every block; this many times the size of the file and no more, so that a crafted file
/// cannot fill the memory.
const MAX_GROWTH: usize = 64;

pub(super) struct BodyWriter<'a> {
    kind: JsonKind,
    values: ValueWriter<'a>,
    full: bool,
}

/// The name of a block's kind or one of its labels.
struct Word {
    /// With quotes.
    span: Span,
    /// Whether a block was made of it already.
    used: bool,
}

impl<'a> BodyWriter<'a> {
    pub(super) fn new(file: &'a [u8], kind: JsonKind) -> Self {
        Self { kind, values: ValueWriter::new(file), full: false }
    }

    pub(super) fn finish(self) -> Transliterated {
        let ValueWriter { out, errors } = self.values;
        Transliterated { text: out.text, map: out.map, errors }
    }

    fn out(&mut self) -> &mut Writer<'a> {
        &mut self.values.out
    }

    fn file(&self) -> &'a [u8] {
        self.values.out.file
    }

    fn error(&mut self, error: SyntaxError) {
        self.values.errors.push(error);
    }

    /// The whole file.
    pub(super) fn root(&mut self, root: &Value) {
        let schema = match self.kind {
            JsonKind::Module => &schema::MODULE,
            JsonKind::Variables => &schema::VARIABLES,
            JsonKind::Test => &schema::TEST,
        };
        let members = self.members(root, schema.arguments_only, "arguments and blocks");
        if matches!(root.kind, Kind::Object(_) | Kind::Array(_)) {
            self.body(&members, schema);
        }
    }

    /// The properties of an object, or of all objects of an array in turn.
    fn members<'v>(&mut self, value: &'v Value, object_only: bool, what: &str) -> Vec<&'v Member> {
        let mut members = Vec::new();
        match &value.kind {
            Kind::Object(all) => members.extend(all),
            Kind::Array(values) if !object_only => {
                for value in values {
                    match &value.kind {
                        Kind::Object(all) => members.extend(all),
                        Kind::Invalid => {}
                        _ => self.error(not_an_object(value, what)),
                    }
                }
            }
            Kind::Null if !object_only => {}
            // Reported by the reader; the value of a whole file too.
            Kind::Invalid => {}
            _ => self.error(not_an_object(value, what)),
        }
        members
    }

    fn body(&mut self, members: &[&Member], schema: &'static Schema) {
        let file = self.file();
        let names: Vec<Cow<'a, str>> = members.iter().map(|member| decode(file, member.name)).collect();
        let repeats = if schema.rest == Mode::Open { repeated_blocks(&names, members) } else { HashMap::new() };
        for (index, (name, member)) in names.iter().zip(members).enumerate() {
            if name == "//" || self.full {
                continue;
            }
            if let Some(nested) = schema.nested(name) {
                let mut header = vec![Word { span: member.name, used: false }];
                self.blocks(name, &member.value, nested, &mut header);
                continue;
            }
            match repeats.get(name.as_ref()) {
                Some(all) if all[0] == index => self.merged(name, members, all),
                Some(_) => {}
                None => self.argument(name, member, schema.mode(name)),
            }
        }
    }

    // ---- arguments ----

    fn argument(&mut self, name: &str, member: &Member, mode: Mode) {
        if self.argument_name(name, member.name) {
            self.values.value(&member.value, mode);
            self.out().filler(b"\n");
        }
    }

    /// Writes `name =` if `name` can be an argument's.
    fn argument_name(&mut self, name: &str, span: Span) -> bool {
        if !is_identifier(name) {
            // Terraform only warns of a value for a variable that cannot exist.
            if self.kind != JsonKind::Variables {
                let error = SyntaxError::new(span, format!("{} is not a name", shown(name)));
                self.error(error.help("a name has letters, digits, `_` and `-`, and begins with a letter or `_`"));
            }
            return false;
        }
        self.word(name, span, span.start + 1);
        self.out().filler(b" = ");
        true
    }

    /// A bare name; `span` has the quotes.
    fn word(&mut self, name: &str, span: Span, wide: u32) {
        let inner = unquoted(span);
        if inner.slice(self.file()) == name.as_bytes() {
            self.out().copy_shared(inner, wide);
        } else {
            self.out().atom_shared(name.as_bytes(), inner, wide);
        }
    }

    /// One argument with the blocks of several properties of the same name.
    fn merged(&mut self, name: &str, members: &[&Member], all: &[usize]) {
        let Some(first) = members.get(all[0]) else { return };
        if !self.argument_name(name, first.name) {
            return;
        }
        self.out().filler(b"[");
        for member in all.iter().filter_map(|index| members.get(*index)) {
            let values = match &member.value.kind {
                Kind::Array(values) => values.as_slice(),
                Kind::Null => &[],
                _ => std::slice::from_ref(&member.value),
            };
            for value in values {
                self.values.value(value, Mode::Open);
                self.out().filler(b", ");
            }
        }
        self.out().filler(b"]\n");
    }

    // ---- blocks ----

    /// The blocks that `value` holds below the words of `header`.
    fn blocks(&mut self, kind: &str, value: &Value, nested: &'static Nested, header: &mut Vec<Word>) {
        let Some(label) = nested.labels.get(header.len() - 1) else {
            return self.unlabelled(kind, value, nested, header);
        };
        let reported = self.values.errors.len();
        let members = self.members(value, false, &format!("the {label} of each `{kind}` block"));
        let is_read = !matches!(value.kind, Kind::Invalid);
        if members.is_empty() && is_read && self.values.errors.len() == reported {
            let error =
                SyntaxError::new(value.span, format!("a `{kind}` block needs its {label} as a property's name"));
            self.error(error.help(format!("write `\"{kind}\": {{ \"{label}\": {{ … }} }}`")));
        }
        for member in members {
            header.push(Word { span: member.name, used: false });
            self.blocks(kind, &member.value, nested, header);
            header.pop();
        }
    }

    /// Blocks whose labels are all known.
    fn unlabelled(&mut self, kind: &str, value: &Value, nested: &'static Nested, header: &mut [Word]) {
        match &value.kind {
            Kind::Null | Kind::Invalid => {}
            Kind::Object(_) => self.block(kind, value, nested, header),
            Kind::Array(values) => {
                for value in values.iter().filter(|value| !matches!(value.kind, Kind::Invalid)) {
                    self.block(kind, value, nested, header);
                }
            }
            _ => self.error(not_an_object(value, &format!("one or more `{kind}` blocks"))),
        }
    }

    fn block(&mut self, kind: &str, value: &Value, nested: &'static Nested, header: &mut [Word]) {
        if self.full {
            return;
        }
        let members = self.members(value, nested.body.arguments_only, &format!("what is in the `{kind}` block"));
        let own = header.iter().find(|word| !word.used).map_or(value.span.start, |word| word.span.start);
        for (index, word) in header.iter_mut().enumerate() {
            let used = std::mem::replace(&mut word.used, true);
            if index == 0 {
                self.word(kind, word.span, if used { own } else { word.span.start + 1 });
            } else {
                self.out().filler(b" ");
                self.label(word.span, if used { own } else { word.span.start });
            }
        }
        self.out().filler(b" ");
        let end = value.span.end.max(value.span.start + 1);
        self.out().atom(b"{", Span::new(value.span.start, value.span.start + 1));
        self.out().filler(b"\n");
        self.body(&members, nested.body);
        self.out().atom(b"}", Span::new(end - 1, end));
        self.out().filler(b"\n");
        self.check_growth(value.span);
    }

    /// A label in quotes.
    fn label(&mut self, span: Span, wide: u32) {
        let decoded = Writer::of_string(self.file(), span);
        let mut quoted = Writer::new(self.file());
        quoted.filler(b"\"");
        quoted.literal(&decoded, Span::new(0, decoded.end()), true);
        quoted.filler(b"\"");
        if quoted.text == span.slice(self.file()) {
            self.out().copy_shared(span, wide);
        } else {
            self.out().atom_shared(&quoted.text, span, wide);
        }
    }

    fn check_growth(&mut self, at: Span) {
        if self.out().text.len() > MAX_GROWTH * (self.file().len() + 1024) {
            self.full = true;
            self.error(SyntaxError::new(at, "the labels of this file are too long for its many blocks"));
        }
    }
}

fn not_an_object(value: &Value, what: &str) -> SyntaxError {
    let article = match value.kind {
        Kind::Array(_) => "an array",
        Kind::String => "a string",
        Kind::Number => "a number",
        Kind::Null => "`null`",
        _ => "another value",
    };
    SyntaxError::new(value.span, format!("expected an object with {what}, found {article}"))
}

/// Names that occur again and hold blocks only, with the places of all.
fn repeated_blocks<'n>(names: &'n [Cow<'_, str>], members: &[&Member]) -> HashMap<&'n str, Vec<usize>> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        places.entry(name).or_default().push(index);
    }
    let is_block = |index: &usize| matches!(members[*index].value.kind, Kind::Object(_) | Kind::Array(_) | Kind::Null);
    places.retain(|_, all| all.len() > 1 && all.iter().all(is_block));
    places
}

/// What the HCL lexer takes for a name.
fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c))
        && chars.all(|c| c == '-' || unicode_ident::is_xid_continue(c))
}
