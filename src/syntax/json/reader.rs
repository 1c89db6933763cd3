//! Tokens to values by recursive descent. After an error it goes on behind the next comma or
//! closing bracket, so that one slip gives one message.

use super::scanner::{Token, is_number, number_help, scan};
use super::string::code_unit;
use super::{Document, Kind, MAX_DEPTH, MAX_ERRORS, Member, Value};
use crate::source::Span;
use crate::syntax::SyntaxError;

pub(super) struct Reader<'a> {
    text: &'a [u8],
    /// Where the next token is looked for.
    at: usize,
    token: Token,
    span: Span,
    depth: u32,
    errors: Vec<SyntaxError>,
    /// Whether something was unfinished at the end of the text; what is around it is unfinished too.
    failed_at_end: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        let (token, span) = (Token::End, Span::at(0));
        let mut reader = Self { text, at: 0, token, span, depth: 0, errors: Vec::new(), failed_at_end: false };
        if text.starts_with(b"\xef\xbb\xbf") {
            reader.at = 3;
            let error = SyntaxError::new(Span::new(0, 3), "a byte order mark, which JSON does not have");
            reader.error(error.help("save the file as UTF-8 without a byte order mark"));
        }
        reader.advance();
        reader
    }

    pub(super) fn document(mut self) -> Document {
        let root = self.value("a JSON object");
        let is_body = matches!(root.kind, Kind::Object(_) | Kind::Array(_) | Kind::Invalid);
        if !is_body {
            self.error(SyntaxError::new(root.span, "the file must hold a JSON object").note("found another value"));
        } else if self.token != Token::End && self.errors.is_empty() {
            let error = format!("expected the end of the file after the value, found {}", self.found());
            self.error(SyntaxError::new(self.span, error).related(root.span, "the value of the file ends here"));
        }
        self.errors.sort_by_key(|error| error.span);
        self.errors.dedup_by(|second, first| second.span.start == first.span.start);
        Document { root, errors: self.errors }
    }

    fn error(&mut self, error: SyntaxError) {
        let at_end = self.token == Token::End && error.span.end as usize >= self.text.len() && self.at > 0;
        if self.errors.len() < MAX_ERRORS && !(at_end && self.failed_at_end) {
            self.errors.push(error);
        }
        self.failed_at_end |= at_end;
    }

    // ---- values ----

    /// A value; what begins none is left, unless nothing could follow it.
    fn value(&mut self, expected: &str) -> Value {
        let span = self.span;
        let kind = match self.token {
            Token::OpenBrace => return self.nested(Token::CloseBrace, Self::object),
            Token::OpenBracket => return self.nested(Token::CloseBracket, Self::array),
            Token::String => self.string(),
            Token::Number => self.number(),
            Token::Word => self.word(),
            Token::Apostrophes => {
                self.error(SyntaxError::new(span, "strings are written with double quotes"));
                Kind::Invalid
            }
            _ => {
                let error = SyntaxError::new(span, format!("expected {expected}, found {}", self.found()));
                self.error(if self.token == Token::Other { error.help(FORMS) } else { error });
                if self.token != Token::Other {
                    return Value { span: Span::at(span.start), kind: Kind::Invalid };
                }
                Kind::Invalid
            }
        };
        self.advance();
        Value { span, kind }
    }

    fn nested(&mut self, close: Token, read: impl FnOnce(&mut Self, Span) -> Kind) -> Value {
        let open = self.span;
        if self.depth >= MAX_DEPTH {
            self.error(SyntaxError::new(open, format!("nested more than {MAX_DEPTH} levels deep")));
            // Nobody wrote this by hand; the rest is not worth reading.
            self.at = self.text.len();
            self.failed_at_end = true;
            self.advance();
            return Value { span: Span::new(open.start, self.span.start), kind: Kind::Invalid };
        }
        self.depth += 1;
        self.advance();
        let kind = read(self, open);
        // The closing bracket is still the current token. Another one than expected belongs to the value around.
        let closes = self.depth == 1 || self.token == close;
        let span = Span::new(open.start, if closes { self.span.end } else { self.span.start });
        if closes {
            self.advance();
        }
        self.depth -= 1;
        Value { span, kind }
    }

    fn array(&mut self, open: Span) -> Kind {
        let mut values = Vec::new();
        loop {
            match self.token {
                Token::CloseBracket => break,
                Token::End | Token::CloseBrace => {
                    self.unclosed(open, "`]`");
                    break;
                }
                _ => {}
            }
            values.push(self.value("a value"));
            if self.token == Token::Colon {
                let error = SyntaxError::new(self.span, "a name with `:` in an array").related(open, "this array");
                self.error(error.help("an array holds values only; put names and values in braces"));
                self.skip();
            }
            self.separator(open, Token::CloseBracket, "`,` or `]` after the element");
        }
        Kind::Array(values)
    }

    fn object(&mut self, open: Span) -> Kind {
        let mut members = Vec::new();
        loop {
            match self.token {
                Token::CloseBrace => break,
                Token::End | Token::CloseBracket => {
                    self.unclosed(open, "`}`");
                    break;
                }
                _ => members.extend(self.member()),
            }
            self.separator(open, Token::CloseBrace, "`,` or `}` after the value");
        }
        Kind::Object(members)
    }

    /// `"name": value`; a name that is none is reported, and its value is read and dropped.
    fn member(&mut self) -> Option<Member> {
        let name = self.span;
        let is_string = self.token == Token::String;
        match self.token {
            Token::String => {
                self.string();
            }
            Token::Word | Token::Number | Token::Apostrophes => {
                self.error(SyntaxError::new(name, "a property's name is a string in double quotes"));
            }
            _ => {
                let found = self.found();
                self.error(SyntaxError::new(
                    name,
                    format!("expected a property's name in double quotes, found {found}"),
                ));
                self.skip();
                return None;
            }
        }
        self.advance();
        match self.token {
            Token::Colon => self.advance(),
            Token::Equal => {
                self.error(SyntaxError::new(self.span, "JSON has `:` between name and value, not `=`"));
                self.advance();
            }
            _ => {
                let found = self.found();
                let error =
                    SyntaxError::new(self.span, format!("expected `:` and a value after the name, found {found}"));
                self.error(error.related(name, "this name"));
                self.skip();
                let value = Value { span: Span::at(name.end), kind: Kind::Invalid };
                return is_string.then_some(Member { name, value });
            }
        }
        let value = self.value("a value");
        is_string.then_some(Member { name, value })
    }

    /// The comma between two entries; anything else than it or `close` is reported and stepped over.
    fn separator(&mut self, open: Span, close: Token, expected: &str) {
        match self.token {
            Token::Comma => {
                let comma = self.span;
                self.advance();
                if self.token == close {
                    self.error(SyntaxError::new(comma, "a comma after the last entry").help("remove the comma"));
                }
            }
            Token::CloseBrace | Token::CloseBracket | Token::End => {}
            _ => {
                let after_error = self.errors.last().is_some_and(|error| error.span.end >= self.span.start);
                if !after_error {
                    let error = SyntaxError::new(self.span, format!("expected {expected}, found {}", self.found()));
                    self.error(error.related(open, "in this value"));
                }
                if !matches!(self.token, Token::String) {
                    self.skip();
                    if self.token == Token::Comma {
                        self.advance();
                    }
                }
            }
        }
    }

    fn unclosed(&mut self, open: Span, expected: &str) {
        let found = self.found();
        self.error(
            SyntaxError::new(self.span, format!("expected {expected}, found {found}")).related(open, "this is open"),
        );
    }

    /// Moves to the next comma or closing bracket at this level, or to the end.
    fn skip(&mut self) {
        let mut open = 0usize;
        loop {
            match self.token {
                Token::End => return,
                Token::Comma | Token::CloseBrace | Token::CloseBracket if open == 0 => return,
                Token::OpenBrace | Token::OpenBracket => open += 1,
                Token::CloseBrace | Token::CloseBracket => open -= 1,
                _ => {}
            }
            self.advance();
        }
    }

    fn found(&self) -> String {
        match self.token {
            Token::End => "the end of the file".to_owned(),
            Token::String => "a string".to_owned(),
            _ => format!("`{}`", String::from_utf8_lossy(self.span.slice(self.text))),
        }
    }

    fn word(&mut self) -> Kind {
        let text = self.span.text(self.text);
        match text {
            "true" | "false" => return Kind::Bool,
            "null" => return Kind::Null,
            _ => {}
        }
        let error = SyntaxError::new(self.span, format!("`{text}` is no JSON value"));
        let word = ["true", "false", "null"].into_iter().find(|word| text.eq_ignore_ascii_case(word));
        let word = word.or((text == "None" || text == "nil").then_some("null"));
        self.error(match word {
            Some(word) => error.help(format!("write `{word}`")),
            None => error.help("a string stands in double quotes; an expression in `\"${ … }\"`"),
        });
        Kind::Invalid
    }

    fn number(&mut self) -> Kind {
        let text = self.span.text(self.text);
        if !is_number(text.as_bytes()) {
            self.error(SyntaxError::new(self.span, format!("`{text}` is no JSON number")).help(number_help(text)));
            return Kind::Invalid;
        }
        let exponent = text.split_once(['e', 'E']).map_or("0", |(_, exponent)| exponent);
        // Go reports a binary exponent beyond 32 bits; 2^(2^31) is about 10^646456993.
        if !exponent.parse::<i64>().is_ok_and(|exponent| exponent.abs() <= 646_456_992) {
            self.error(SyntaxError::new(self.span, format!("the number `{text}` is out of range")));
            return Kind::Invalid;
        }
        Kind::Number
    }

    /// Checks the string that is the current token.
    fn string(&mut self) -> Kind {
        let before = self.errors.len();
        let text = self.span.slice(self.text);
        let mut at = 1;
        let mut closed = false;
        while at < text.len() {
            match text[at] {
                b'"' => {
                    closed = true;
                    break;
                }
                b'\\' => at += self.check_escape(&text[at..], at),
                byte if byte < 0x20 => {
                    let span = self.inside(at, 1);
                    let message = "a control character in a string";
                    self.error(SyntaxError::new(span, message).help(format!("write it as `\\u{byte:04x}`")));
                    at += 1;
                }
                _ => at += 1,
            }
        }
        if !closed {
            let error = SyntaxError::new(self.span, "this string has no closing quote");
            self.error(
                error.note("expected `\"` before the end of the line").help("a line break in a string is `\\n`"),
            );
        }
        if self.errors.len() == before { Kind::String } else { Kind::Invalid }
    }

    fn inside(&self, at: usize, length: usize) -> Span {
        let start = self.span.start as usize + at;
        Span::from(start..start + length)
    }

    /// Checks the escape that `rest` begins with and gives its length.
    fn check_escape(&mut self, rest: &[u8], at: usize) -> usize {
        match rest.get(1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') if code_unit(rest).is_some() => 6,
            Some(b'u') => {
                self.error(SyntaxError::new(self.inside(at, 2), "`\\u` needs four hexadecimal digits"));
                2
            }
            Some(_) => {
                let length = 1 + rest[1..]
                    .utf8_chunks()
                    .next()
                    .map_or(1, |chunk| chunk.valid().chars().next().map_or(1, char::len_utf8));
                let shown = String::from_utf8_lossy(&rest[..length]).into_owned();
                let error = SyntaxError::new(self.inside(at, length), format!("`{shown}` is no escape of JSON"));
                self.error(error.help("write `\\\\` for a backslash"));
                length
            }
            None => 1,
        }
    }

    // ---- tokens ----

    /// Reads the next token. Comments are reported and stepped over.
    fn advance(&mut self) {
        loop {
            while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.at += 1;
            }
            let start = self.at;
            let (token, end) = scan(self.text, start);
            self.at = end;
            let span = Span::from(start..end);
            if let Some(token) = token {
                (self.token, self.span) = (token, span);
                return;
            }
            self.error(
                SyntaxError::new(span, "JSON has no comments").help("use a property `\"//\"`, which is ignored"),
            );
        }
    }
}

const FORMS: &str = "a value begins with `{`, `[`, `\"`, a digit or `-`, or is `true`, `false` or `null`";

#[cfg(test)]
mod tests {
    use super::super::{MAX_DEPTH, parse};

    fn messages(text: &str) -> Vec<(u32, String)> {
        parse(text.as_bytes()).errors.into_iter().map(|error| (error.span.start, error.message)).collect()
    }

    fn single(text: &str) -> (u32, String) {
        let all = messages(text);
        assert_eq!(all.len(), 1, "{text}: {all:?}");
        all.into_iter().next().unwrap()
    }

    #[test]
    fn accepts_json() {
        for text in [
            "{}",
            " [ ] ",
            r#"{"a":[1,-2.5e+3,0,true,false,null,"x\u00e9",{}],"a":1}"#,
            "{\r\n\t\"a\" : 1 }\n",
            r#"{"big":123456789012345678901234567890123456789012345678901234567890}"#,
        ] {
            assert_eq!(messages(text), [], "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong_where() {
        for (text, at, part) in [
            ("", 0, "expected a JSON object, found the end of the file"),
            ("3", 0, "must hold a JSON object"),
            ("{} {}", 3, "expected the end of the file"),
            (r#"{"a":1,}"#, 6, "a comma after the last entry"),
            (r#"{"a":[1,]}"#, 7, "a comma after the last entry"),
            (r#"{"a" 1}"#, 5, "expected `:`"),
            (r#"{"a"="b"}"#, 4, "not `=`"),
            (r#"{"a":1 "b":2}"#, 7, "expected `,` or `}`"),
            (r#"{"a":[1 2]}"#, 8, "expected `,` or `]`"),
            (r#"{a:1}"#, 1, "a property's name is a string"),
            (r#"{"a":'x'}"#, 5, "double quotes"),
            (r#"{"a":True}"#, 5, "no JSON value"),
            (r#"{"a":01}"#, 5, "no JSON number"),
            (r#"{"a":1e999999999999}"#, 5, "out of range"),
            (r#"{"a":"\x"}"#, 6, "no escape"),
            (r#"{"a":"\u12"}"#, 6, "four hexadecimal digits"),
            ("{\"a\":\"b\n}", 5, "no closing quote"),
            ("{\"a\":\"b\tc\"}", 7, "control character"),
            ("{ // c\n}", 2, "no comments"),
            ("{ /* c */ }", 2, "no comments"),
            (r#"{"a":[1}"#, 7, "expected `]`, found `}`"),
            (r#"{"a":"#, 5, "expected a value, found the end"),
            (r#"{"a":{"b":[1,"#, 13, "found the end"),
            (r#"["a":1]"#, 4, "in an array"),
            ("\u{feff}{}", 0, "byte order mark"),
        ] {
            let (start, message) = single(text);
            assert_eq!(start, at, "{text}: {message}");
            assert!(message.contains(part), "{text}: {message}");
        }
    }

    #[test]
    fn reports_several_errors() {
        let text = r#"{"a": tru, "b": 1 "c": [1,], d: 2}"#;
        let places: Vec<u32> = messages(text).into_iter().map(|(at, _)| at).collect();
        assert_eq!(places, [6, 18, 25, 29]);
    }

    #[test]
    fn depth_is_limited() {
        let nest = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(messages(&nest(MAX_DEPTH as usize)), []);
        assert!(single(&nest(MAX_DEPTH as usize + 1)).1.contains("levels deep"));
        assert!(single(&nest(1_000_000)).1.contains("levels deep"));
        assert!(!messages(&"[{".repeat(1_000_000)).is_empty());
    }
}
