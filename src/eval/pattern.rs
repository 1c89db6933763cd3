//! Regular expressions as Terraform reads them: Go's syntax (RE2), matched by the `regex` crates. Besides matching text,
//! an expression is available as a finite automaton, so that questions about all texts of a kind can be decided.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock};

use regex_automata::nfa::thompson::NFA;
use regex_automata::nfa::thompson::pikevm::PikeVM;
use regex_automata::util::captures::Captures;
use regex_syntax::ast::{self, Ast, GroupKind};
use regex_syntax::hir::Hir;
use regex_syntax::hir::translate::Translator;

use super::automaton::{self, Automaton, Literal};

/// Largest number of expressions that are remembered.
const MAX_REMEMBERED: usize = 1024;

/// A regular expression. What asks for a match or for an automaton builds it, once.
pub struct Pattern {
    /// As written in Terraform.
    source: Box<str>,
    form: Form,
    nfa: OnceLock<Option<NFA>>,
    matcher: OnceLock<Option<PikeVM>>,
    automaton: OnceLock<Option<Automaton>>,
}

/// What kind of expression it is: some need no engine.
enum Form {
    /// Any, with the names of its groups.
    Expression(Hir, Box<[Option<Box<str>>]>),
    /// A literal at a place.
    Literal(Box<str>, Anchors),
    /// A text that begins with this letter, or with what is not ASCII.
    Letter(Option<u8>),
    /// Every text.
    Any,
}

/// Expressions by their text: a memory only, which changes no answer.
static REMEMBERED: LazyLock<RwLock<HashMap<Box<str>, Arc<Pattern>>>> = LazyLock::new(RwLock::default);

impl Pattern {
    /// Reads `source`, an expression in Go's syntax.
    ///
    /// # Errors
    /// A message when it is not valid.
    pub fn new(source: &str) -> Result<Arc<Self>, String> {
        if let Some(known) = REMEMBERED.read().unwrap_or_else(PoisonError::into_inner).get(source) {
            return Ok(Arc::clone(known));
        }
        let translated = translate(source)?;
        let tree = ast::parse::Parser::new().parse(&translated).map_err(|error| reason(&error.to_string()))?;
        let hir = Translator::new().translate(&translated, &tree).map_err(|error| reason(&error.to_string()))?;
        let mut groups = Vec::new();
        find_groups(&tree, &mut groups);
        let made = Self::of(source.into(), Form::Expression(hir, groups.into()));
        let mut all = REMEMBERED.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_REMEMBERED {
            all.clear();
        }
        all.insert(source.into(), Arc::clone(&made));
        Ok(made)
    }

    fn of(source: Box<str>, form: Form) -> Arc<Self> {
        Arc::new(Self { source, form, nfa: OnceLock::new(), matcher: OnceLock::new(), automaton: OnceLock::new() })
    }

    /// The pattern that matches texts which contain `literal` at the place that `anchors` tells: at the start, at the
    /// end, both or anywhere.
    #[must_use]
    pub fn literal(literal: &str, anchors: Anchors) -> Arc<Self> {
        let text = regex::escape(literal);
        let (start, end) = match anchors {
            Anchors::None => ("", ""),
            Anchors::Start => ("\\A", ""),
            Anchors::End => ("", "\\z"),
            Anchors::Both => ("\\A", "\\z"),
        };
        // `regex::escape` escapes with backslashes only, which Go's syntax reads the same way.
        Self::of(format!("{start}(?:{text}){end}").into(), Form::Literal(literal.into(), anchors))
    }

    /// The pattern that matches texts which begin with `letter`, or with anything that is not ASCII.
    #[must_use]
    pub fn begins_with(letter: char) -> Arc<Self> {
        let byte = u8::try_from(letter).ok().filter(u8::is_ascii);
        let first = regex::escape(letter.encode_utf8(&mut [0; 4]));
        Self::of(format!("\\A(?:{first}|[^\\x00-\\x7f])").into(), Form::Letter(byte))
    }

    /// The pattern that matches texts which begin with something that is not ASCII.
    #[must_use]
    pub fn begins_beyond_ascii() -> Arc<Self> {
        Self::of("\\A[^\\x00-\\x7f]".into(), Form::Letter(None))
    }

    /// Whether it is about the first letter alone.
    pub(super) const fn is_letter(&self) -> bool {
        matches!(self.form, Form::Letter(_))
    }

    /// The pattern that matches every text, all of it.
    #[must_use]
    pub fn any() -> Arc<Self> {
        static ANY: LazyLock<Arc<Pattern>> = LazyLock::new(|| Pattern::of("\\A(?s:.*)\\z".into(), Form::Any));
        Arc::clone(&ANY)
    }

    /// The expression as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names of its groups, in order; nothing for those without one.
    #[must_use]
    pub const fn groups(&self) -> &[Option<Box<str>>] {
        match &self.form {
            Form::Expression(_, groups) => groups,
            _ => &[],
        }
    }

    fn nfa(&self) -> Option<&NFA> {
        let build = || match &self.form {
            Form::Expression(hir, _) => automaton::nfa(hir),
            // These are written in the syntax that both read the same way.
            _ => automaton::nfa(&regex_syntax::parse(&self.source).ok()?),
        };
        self.nfa.get_or_init(build).as_ref()
    }

    fn matcher(&self) -> Option<&PikeVM> {
        self.matcher.get_or_init(|| PikeVM::builder().build_from_nfa(self.nfa()?.clone()).ok()).as_ref()
    }

    /// The first match in `text` with its groups, if there is one. Nothing where the expression is too large to tell.
    #[must_use]
    pub fn captures(&self, text: &str) -> Option<Option<Captures>> {
        let matcher = self.matcher()?;
        let mut found = matcher.create_captures();
        matcher.captures(&mut matcher.create_cache(), text, &mut found);
        Some(found.is_match().then_some(found))
    }

    /// All matches in `text` with their groups, at most `limit`. Nothing where the expression is too large to tell.
    #[must_use]
    pub fn all_captures(&self, text: &str, limit: usize) -> Option<Vec<Captures>> {
        let matcher = self.matcher()?;
        Some(matcher.captures_iter(&mut matcher.create_cache(), text).take(limit).collect())
    }

    /// `text` with `with` in the place of every match, where `$1` and `$name` stand for groups; an inner `None` where that
    /// may be longer than `limit` bytes. Nothing where the expression is too large to tell.
    #[must_use]
    pub fn replace_all(&self, text: &str, with: &str, limit: usize) -> Option<Option<String>> {
        let matcher = self.matcher()?;
        // Each reference to a group puts in no more than the whole match.
        let references = memchr::memchr_iter(b'$', with.as_bytes()).count();
        let (mut replaced, mut end) = (String::with_capacity(text.len()), 0);
        for found in matcher.captures_iter(&mut matcher.create_cache(), text) {
            let Some(whole) = found.get_match() else { continue };
            replaced.push_str(&text[end..whole.start()]);
            let added = references.saturating_mul(whole.len()).saturating_add(with.len());
            if replaced.len().saturating_add(added) > limit {
                return Some(None);
            }
            found.interpolate_string_into(text, with, &mut replaced);
            end = whole.end();
        }
        replaced.push_str(&text[end..]);
        Some((replaced.len() <= limit).then_some(replaced))
    }

    /// Whether it matches somewhere in `text`; nothing where the expression is too large to tell.
    #[must_use]
    pub fn is_match(&self, text: &str) -> Option<bool> {
        Some(match &self.form {
            Form::Literal(literal, Anchors::None) => text.contains(&**literal),
            Form::Literal(literal, Anchors::Start) => text.starts_with(&**literal),
            Form::Literal(literal, Anchors::End) => text.ends_with(&**literal),
            Form::Literal(literal, Anchors::Both) => *text == **literal,
            Form::Letter(letter) => {
                text.bytes().next().is_some_and(|first| !first.is_ascii() || Some(first) == *letter)
            }
            Form::Any => true,
            Form::Expression(..) => {
                let matcher = self.matcher()?;
                matcher.is_match(&mut matcher.create_cache(), text)
            }
        })
    }

    /// The automaton that searches for a match anywhere; nothing where it would be too large.
    pub(super) fn automaton(&self) -> Option<&Automaton> {
        let build = || match &self.form {
            Form::Literal(literal, anchors) => Some(Automaton::Literal(Literal::new(literal, *anchors))),
            Form::Letter(letter) => Some(Automaton::Letter(*letter)),
            Form::Any => Some(Automaton::Utf8),
            Form::Expression(..) => Automaton::expression(self.nfa()?.clone()),
        };
        self.automaton.get_or_init(build).as_ref()
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

/// Adds the names of the groups in `tree` in the order of the text, in which they are numbered: also of those that are
/// repeated zero times, which no automaton has. Expressions are nested a few hundred levels at most: the crate takes no
/// deeper ones.
fn find_groups(tree: &Ast, groups: &mut Vec<Option<Box<str>>>) {
    match tree {
        Ast::Group(group) => {
            match &group.kind {
                GroupKind::CaptureIndex(_) => groups.push(None),
                GroupKind::CaptureName { name, .. } => groups.push(Some(name.name.as_str().into())),
                GroupKind::NonCapturing(_) => {}
            }
            find_groups(&group.ast, groups);
        }
        Ast::Repetition(repetition) => find_groups(&repetition.ast, groups),
        Ast::Alternation(alternation) => alternation.asts.iter().for_each(|inner| find_groups(inner, groups)),
        Ast::Concat(concat) => concat.asts.iter().for_each(|inner| find_groups(inner, groups)),
        _ => {}
    }
}

/// The last line of the crate's message, which says what is wrong.
fn reason(message: &str) -> String {
    message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// Rewrites Go's syntax (<https://pkg.go.dev/regexp/syntax>) in that of the `regex` crate: `\d`, `\s`, `\w` and `\b` are
/// about ASCII only, `\Q…\E` quotes, octal escapes exist, `[` and operators of sets mean themselves inside a class.
fn translate(source: &str) -> Result<String, String> {
    let mut out = String::with_capacity(source.len() + 16);
    let mut rest = source;
    let mut class: Option<usize> = None;
    let mut is_repeated = false;
    while let Some(letter) = rest.chars().next() {
        let length = letter.len_utf8();
        if let (None, Some(operator)) = (class, repetition(rest)) {
            if is_repeated {
                return Err(format!("invalid nested repetition operator `{operator}`"));
            }
            is_repeated = true;
            out.push_str(operator);
            rest = &rest[operator.len()..];
            continue;
        }
        is_repeated = false;
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
            (None, '{') => out.push_str("\\{"),
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

/// The repetition that begins `rest`, with the `?` that makes it lazy: `*`, `+`, `?`, `{2}`, `{2,}` or `{2,3}`.
fn repetition(rest: &str) -> Option<&str> {
    let length = match rest.bytes().next()? {
        b'*' | b'+' | b'?' => 1,
        b'{' => {
            let (counts, _) = rest[1..].split_once('}')?;
            let (least, most) = counts.split_once(',').unwrap_or((counts, ""));
            let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            (!least.is_empty() && are_digits(least) && are_digits(most)).then_some(counts.len() + 2)?
        }
        _ => return None,
    };
    Some(&rest[..length + usize::from(rest[length..].starts_with('?'))])
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
        'p' | 'P' => return unicode_class(letter == 'P', after, out),
        // Its digits are those of the crate, in braces or not.
        'x' => {
            let braced = after.strip_prefix('{').and_then(|inner| inner.find('}')).map_or(0, |end| end + 2);
            out.push_str("\\x");
            out.push_str(&after[..braced]);
            return Ok(&after[braced..]);
        }
        'a' | 'f' | 't' | 'n' | 'r' | 'v' => {
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

/// Translates the class after `\p` or `\P`: a category of one letter, or in braces a category or the name of a script,
/// which `^` negates. The crate takes more names, in any case.
fn unicode_class<'a>(mut is_negated: bool, after: &'a str, out: &mut String) -> Result<&'a str, String> {
    const CATEGORIES: &[&str] = &[
        "Any", "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl",
        "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    ];
    let (mut name, rest) = match after.strip_prefix('{') {
        Some(inner) => inner.split_once('}').ok_or("`\\p{` without `}`")?,
        None => after.split_at(after.chars().next().map_or(0, char::len_utf8)),
    };
    if let Some(inner) = name.strip_prefix('^') {
        is_negated = !is_negated;
        name = inner;
    }
    let kind = match name {
        _ if CATEGORIES.contains(&name) => "",
        _ if name.len() > 2 && name.starts_with(|c: char| c.is_ascii_uppercase()) => "Script=",
        _ => return Err(format!("unknown class `{name}`")),
    };
    out.push_str(if is_negated { "\\P{" } else { "\\p{" });
    out.push_str(kind);
    out.push_str(name);
    out.push('}');
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap().is_match(text).unwrap()
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
    fn classes_have_names() {
        for pattern in
            [r"^\p{L}+$", r"^\pL+$", r"^[\p{L}]+$", r"^\p{Latin}{3}$", r"^\P{^L}+$", r"^\P{Greek}+$", r"^\PN+$"]
        {
            assert!(matches(pattern, "Zoë"), "{pattern}");
            assert!(
                !matches(&pattern.replace("{3}", "+"), if pattern.contains("Greek") { "ζ" } else { "7" }),
                "{pattern}"
            );
        }
        assert!(matches(r"^\x{5A}\x6f[\x{eb}]$", "Zoë"));
    }

    #[test]
    fn repetitions_are_not_repeated() {
        for pattern in ["a**", "a?+", "(b)?{2}", "x{0}*", "x{2}{3}", "a+?*"] {
            assert!(Pattern::new(pattern).is_err(), "{pattern}");
        }
        for pattern in ["a*?", "a{2}?", "(?:a*)*", "[*+]+", r"\*+", "a{,2}*", "a|b?"] {
            assert!(Pattern::new(pattern).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn what_go_rejects() {
        for pattern in ["(", "[b-a]", r"\y", "(?=a)", r"\1", "*a", "\\", r"\p{Letter}", r"\pX", r"\p{L", r"\p{greek}"] {
            assert!(Pattern::new(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn groups_count_where_they_stand() {
        let names = |source: &str| -> Vec<Option<String>> {
            let pattern = Pattern::new(source).unwrap();
            pattern.groups().iter().map(|name| name.as_deref().map(str::to_owned)).collect()
        };
        assert_eq!(names("x(a){0}(?:b)((c)|d)*"), [None, None, None]);
        assert_eq!(names("(?P<one>a)(?P<two>b){0}"), [Some("one".to_owned()), Some("two".to_owned())]);
        let found = Pattern::new("x(a){0}").unwrap().captures("x").unwrap().unwrap();
        assert!(found.is_match() && found.get_group(1).is_none());
    }

    #[test]
    fn replacing_is_bounded_before_it_is_done() {
        let pattern = Pattern::new("[a-z]+").unwrap();
        assert_eq!(pattern.replace_all("ab 1 cd", "<$0>", 100), Some(Some("<ab> 1 <cd>".to_owned())));
        let many = "$0".repeat(1 << 16);
        assert_eq!(pattern.replace_all(&"a".repeat(1 << 20), &many, 1 << 22), Some(None));
    }

    #[test]
    fn automata_exist() {
        assert!(Pattern::new(r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$").unwrap().automaton().is_some());
        assert!(Pattern::new(r"(?i)^\d+(\.\d+)?[kmgt](i?b)?$").unwrap().automaton().is_some());
    }
}
