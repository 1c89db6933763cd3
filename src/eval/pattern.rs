//! Regular expressions as Terraform reads them: Go's syntax (RE2), matched by the `regex` crates. Besides matching text,
//! an expression is available as a finite automaton, so that questions about all texts of a kind can be decided.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use regex::Regex;
use regex_automata::dfa::dense;
use regex_automata::nfa::thompson;

/// Largest automaton that is built, in bytes. Larger ones make questions undecided.
const MAX_AUTOMATON: usize = 1 << 20;

/// Largest number of expressions that a thread remembers.
const MAX_REMEMBERED: usize = 512;

/// A compiled regular expression.
pub struct Pattern {
    /// As written in Terraform.
    source: Box<str>,
    /// In the syntax of the `regex` crate.
    translated: Box<str>,
    regex: Regex,
    automaton: OnceLock<Option<dense::DFA<Vec<u32>>>>,
}

thread_local! {
    /// Compiled expressions by their text: a memory only, which changes no answer.
    static REMEMBERED: RefCell<HashMap<Box<str>, Arc<Pattern>>> = RefCell::default();
}

impl Pattern {
    /// Compiles `source`, an expression in Go's syntax.
    ///
    /// # Errors
    /// A message when it is not valid, or too large.
    pub fn new(source: &str) -> Result<Arc<Self>, String> {
        let known = REMEMBERED.with(|all| all.borrow().get(source).cloned());
        if let Some(known) = known {
            return Ok(known);
        }
        let translated = translate(source)?;
        let built = regex::RegexBuilder::new(&translated).size_limit(MAX_AUTOMATON).build();
        let regex = built.map_err(|error| reason(&error))?;
        let made =
            Arc::new(Self { source: source.into(), translated: translated.into(), regex, automaton: OnceLock::new() });
        REMEMBERED.with(|all| {
            let mut all = all.borrow_mut();
            if all.len() >= MAX_REMEMBERED {
                all.clear();
            }
            all.insert(source.into(), Arc::clone(&made));
        });
        Ok(made)
    }

    /// The pattern that matches texts which contain `literal` at the place that `anchors` tells: at the start, at the
    /// end, both or anywhere.
    #[must_use]
    pub fn literal(literal: &str, anchors: Anchors) -> Option<Arc<Self>> {
        let text = regex::escape(literal);
        let (start, end) = match anchors {
            Anchors::None => ("", ""),
            Anchors::Start => ("\\A", ""),
            Anchors::End => ("", "\\z"),
            Anchors::Both => ("\\A", "\\z"),
        };
        // `regex::escape` escapes with backslashes only, which Go's syntax reads the same way.
        Self::new(&format!("{start}(?:{text}){end}")).ok()
    }

    /// The expression as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The matcher.
    #[must_use]
    pub const fn regex(&self) -> &Regex {
        &self.regex
    }

    /// The automaton that searches for a match anywhere; nothing where it would be too large.
    pub(super) fn automaton(&self) -> Option<&dense::DFA<Vec<u32>>> {
        self.automaton.get_or_init(|| automaton(&self.translated)).as_ref()
    }
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "/{}/", self.source)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Pattern {}

/// Where a literal must stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchors {
    /// Anywhere.
    None,
    /// At the start.
    Start,
    /// At the end.
    End,
    /// It is the whole text.
    Both,
}

fn automaton(translated: &str) -> Option<dense::DFA<Vec<u32>>> {
    dense::Builder::new()
        .configure(
            dense::Config::new()
                .dfa_size_limit(Some(MAX_AUTOMATON))
                .determinize_size_limit(Some(MAX_AUTOMATON))
                .start_kind(regex_automata::dfa::StartKind::Unanchored)
                .match_kind(regex_automata::MatchKind::All),
        )
        .thompson(thompson::Config::new().nfa_size_limit(Some(MAX_AUTOMATON)))
        .build(translated)
        .ok()
}

/// The last line of the crate's message, which says what is wrong.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "the expression is too large".to_owned(),
        error => error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    }
}

/// Rewrites Go's syntax (<https://pkg.go.dev/regexp/syntax>) in that of the `regex` crate: `\d`, `\s`, `\w` and `\b` are
/// about ASCII only, `\Q…\E` quotes, octal escapes exist, `[` and operators of sets mean themselves inside a class.
fn translate(source: &str) -> Result<String, String> {
    let mut out = String::with_capacity(source.len() + 16);
    let mut rest = source;
    let mut class: Option<usize> = None;
    while let Some(letter) = rest.chars().next() {
        let length = letter.len_utf8();
        if letter == '\\' {
            rest = escape(rest, class.is_some(), &mut out)?;
            class = class.map(|at| at + 1);
            continue;
        }
        rest = &rest[length..];
        match (class, letter) {
            (None, '[') => {
                out.push('[');
                if let Some(after) = rest.strip_prefix('^') {
                    out.push('^');
                    rest = after;
                }
                class = Some(0);
            }
            (None, '(') if rest.starts_with("?P=") || rest.starts_with("?=") || rest.starts_with("?!") => {
                return Err("look-around and references to groups are not supported".to_owned());
            }
            // `{` that begins no repetition means itself.
            (None, '{') if !begins_repetition(rest) => out.push_str("\\{"),
            (Some(0), ']') => {
                out.push_str("\\]");
                class = Some(1);
            }
            (Some(_), ']') => {
                out.push(']');
                class = None;
            }
            (Some(at), '[') => {
                if let Some(end) = rest.strip_prefix(':').and_then(|named| named.find(":]")) {
                    let named = &rest[..end + 3];
                    out.push('[');
                    out.push_str(named);
                    rest = &rest[named.len()..];
                } else {
                    out.push_str("\\[");
                }
                class = Some(at + 1);
            }
            // `--` and `&&` are operators in the crate; in Go the first is a range that ends with `-`.
            (Some(at), '-') if at > 0 && rest.starts_with('-') => {
                out.push_str("-\\-");
                rest = &rest[1..];
                class = Some(at + 2);
            }
            (Some(at), '&' | '~') if rest.starts_with(letter) => {
                out.push('\\');
                out.push(letter);
                class = Some(at + 1);
            }
            (Some(at), letter) => {
                out.push(letter);
                class = Some(at + 1);
            }
            (None, letter) => out.push(letter),
        }
    }
    Ok(out)
}

/// Whether what follows `{` makes it a repetition: `{2}`, `{2,}` or `{2,3}`.
fn begins_repetition(rest: &str) -> bool {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let first = digits(rest);
    if first == 0 {
        return false;
    }
    match &rest[first..] {
        more if more.starts_with('}') => true,
        more if more.starts_with(',') => more[1 + digits(&more[1..])..].starts_with('}'),
        _ => false,
    }
}

/// Translates the escape at the start of `rest` and returns what follows it.
fn escape<'a>(rest: &'a str, in_class: bool, out: &mut String) -> Result<&'a str, String> {
    let mut letters = rest.chars();
    letters.next();
    let Some(letter) = letters.next() else { return Err("a backslash at the end".to_owned()) };
    let after = letters.as_str();
    let set = |inner: &str, outer: &str, out: &mut String| out.push_str(if in_class { inner } else { outer });
    match letter {
        'd' => set("0-9", "[0-9]", out),
        'w' => set("0-9A-Za-z_", "[0-9A-Za-z_]", out),
        's' => set("\\t\\n\\f\\r ", "[\\t\\n\\f\\r ]", out),
        'D' => out.push_str("[^0-9]"),
        'W' => out.push_str("[^0-9A-Za-z_]"),
        'S' => out.push_str("[^\\t\\n\\f\\r ]"),
        'b' if !in_class => out.push_str("(?-u:\\b)"),
        'B' if !in_class => out.push_str("(?-u:\\B)"),
        'Q' if !in_class => {
            let (quoted, after) = after.split_once("\\E").unwrap_or((after, ""));
            out.push_str(&regex::escape(quoted));
            return Ok(after);
        }
        'E' if !in_class => {}
        'a' | 'f' | 't' | 'n' | 'r' | 'v' | 'x' | 'p' | 'P' => {
            out.push('\\');
            out.push(letter);
        }
        'A' | 'z' if !in_class => {
            out.push('\\');
            out.push(letter);
        }
        // Octal: `\0` to `\777`; a single other digit would be a reference to a group.
        '0'..='7' if letter == '0' || after.starts_with(|c: char| ('0'..='7').contains(&c)) => {
            let digits: String = rest[1..].chars().take(3).take_while(|c| ('0'..='7').contains(c)).collect();
            let code = u32::from_str_radix(&digits, 8).unwrap_or_default();
            out.push_str(&format!("\\x{{{code:X}}}"));
            return Ok(&rest[1 + digits.len()..]);
        }
        letter if letter.is_ascii_punctuation() => {
            out.push('\\');
            out.push(letter);
        }
        letter => return Err(format!("unknown escape `\\{letter}`")),
    }
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap().regex().is_match(text)
    }

    #[test]
    fn classes_are_about_ascii() {
        assert!(matches(r"^\d+$", "123"));
        assert!(!matches(r"^\d+$", "٣"));
        assert!(!matches(r"^\w+$", "é"));
        assert!(matches(r"^[\d_-]+$", "1_-2"));
        assert!(matches(r"^[\W]$", "é"));
        assert!(matches(r"\bfoo\b", "éfooé"));
    }

    #[test]
    fn what_means_itself_in_go() {
        assert!(matches(r"^\Qa.b\E+$", "a.bbb"));
        assert!(!matches(r"^\Qa.b\E$", "axb"));
        assert!(matches(r"^[[a]+$", "[a"));
        assert!(matches(r"^[a&&b]+$", "&a"));
        assert!(matches(r"^[]a]+$", "]a"));
        assert!(matches(r"^a{,2}$", "a{,2}"));
        assert!(matches(r"^\101$", "A"));
        assert!(matches(r"^[[:alpha:]]+$", "abc"));
        assert!(matches(r"^[+--]$", ","));
    }

    #[test]
    fn what_go_rejects() {
        for pattern in ["(", "[b-a]", r"\y", "(?=a)", r"\1", "*a", "\\"] {
            assert!(Pattern::new(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn automata_exist() {
        assert!(Pattern::new(r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$").unwrap().automaton().is_some());
        assert!(Pattern::new(r"(?i)^\d+(\.\d+)?[kmgt](i?b)?$").unwrap().automaton().is_some());
    }
}
