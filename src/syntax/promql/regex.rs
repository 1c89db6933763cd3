//! Checks regular expressions as Prometheus does: Go's `regexp/syntax` with its Perl flags, which is RE2.
//! <https://pkg.go.dev/regexp/syntax> is the reference. It differs from the `regex` crate (`\C`, `\Q..\E`, octal
//! escapes, `\z`, repetition limits, `[[a]`), so that crate would reject what Prometheus accepts and the other way round.
//! Nothing is matched here, except that the answer says whether the expression matches the empty text.

use std::ops::Range;

/// What is known of a valid expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Regex {
    /// Whether the whole expression, anchored at both ends, matches the empty text.
    pub(super) matches_empty: bool,
}

/// What is wrong and where, in bytes of the expression.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RegexError {
    pub(super) place: Range<usize>,
    pub(super) message: String,
}

/// The largest count of a repetition, nested ones multiplied.
const MAX_REPEAT: u32 = 1000;

/// Checks `pattern`.
pub(super) fn check(pattern: &str) -> Result<Regex, RegexError> {
    let mut checker = Checker { pattern, at: 0, groups: vec![Group::new(0)], after_repeat: false };
    checker.run()?;
    let last = checker.groups.pop().unwrap_or_else(|| Group::new(0));
    if checker.groups.is_empty() {
        return Ok(Regex { matches_empty: last.finish().matches_empty });
    }
    Err(RegexError { place: last.start..last.start + 1, message: "parenthesis is never closed".into() })
}

/// The smallest thing that a repetition can be applied to.
#[derive(Clone, Copy)]
struct Atom {
    matches_empty: bool,
    /// The product of the nested repetition counts inside.
    repeats: u32,
}

/// An open parenthesis, or the whole expression.
struct Group {
    start: usize,
    /// Of the branches that are complete.
    matches_empty: bool,
    repeats: u32,
    /// The branch that is being read, without its last atom.
    branch_matches_empty: bool,
    last: Option<Atom>,
}

impl Group {
    fn new(start: usize) -> Self {
        Self { start, matches_empty: false, repeats: 0, branch_matches_empty: true, last: None }
    }

    fn push(&mut self, atom: Atom) {
        self.absorb_last();
        self.last = Some(atom);
    }

    fn absorb_last(&mut self) {
        if let Some(atom) = self.last.take() {
            self.branch_matches_empty &= atom.matches_empty;
            self.repeats = self.repeats.max(atom.repeats);
        }
    }

    fn end_branch(&mut self) {
        self.absorb_last();
        self.matches_empty |= self.branch_matches_empty;
        self.branch_matches_empty = true;
    }

    fn finish(mut self) -> Atom {
        self.end_branch();
        Atom { matches_empty: self.matches_empty, repeats: self.repeats }
    }
}

struct Checker<'a> {
    pattern: &'a str,
    at: usize,
    groups: Vec<Group>,
    /// Whether the thing just read was a repetition, so that another one is not allowed.
    after_repeat: bool,
}

impl<'a> Checker<'a> {
    fn run(&mut self) -> Result<(), RegexError> {
        while let Some(letter) = self.peek() {
            let start = self.at;
            let after_repeat = std::mem::take(&mut self.after_repeat);
            match letter {
                '(' => self.open()?,
                ')' => self.close()?,
                '|' => {
                    self.at += 1;
                    self.group().end_branch();
                }
                '*' | '+' | '?' => {
                    self.at += 1;
                    self.repeat(start, after_repeat, u32::from(letter == '+'), 0)?;
                }
                '{' => match self.counts() {
                    Some((least, most)) => self.counted(start, after_repeat, least, most)?,
                    None => self.take(false),
                },
                '[' => self.class()?,
                '\\' => self.backslash()?,
                '^' | '$' => self.take(true),
                _ => self.take(false),
            }
        }
        Ok(())
    }

    fn rest(&self) -> &'a str {
        &self.pattern[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// The innermost open group; the outermost one stands for the whole expression and is never popped while reading.
    fn group(&mut self) -> &mut Group {
        let last = self.groups.len() - 1;
        &mut self.groups[last]
    }

    fn push(&mut self, matches_empty: bool) {
        self.group().push(Atom { matches_empty, repeats: 0 });
    }

    fn take(&mut self, matches_empty: bool) {
        self.bump();
        self.push(matches_empty);
    }

    fn fail<T>(&self, start: usize, message: impl Into<String>) -> Result<T, RegexError> {
        Err(RegexError { place: start..self.at.max(start + 1).min(self.pattern.len()), message: message.into() })
    }

    /// `{n}`, `{n,}` or `{n,m}`; anything else is ordinary text. The upper count of `{n,}` is `None`.
    fn counts(&mut self) -> Option<(u32, Option<u32>)> {
        if !self.rest()[1..].starts_with(|letter: char| letter.is_ascii_digit()) {
            return None;
        }
        let end = self.rest().find('}')?;
        let (least, most) = match self.rest()[1..end].split_once(',') {
            None => {
                let exact = count(&self.rest()[1..end])?;
                (exact, Some(exact))
            }
            Some((least, "")) => (count(least)?, None),
            Some((least, most)) => (count(least)?, Some(count(most)?)),
        };
        self.at += end + 1;
        Some((least, most))
    }

    fn counted(&mut self, start: usize, after_repeat: bool, least: u32, most: Option<u32>) -> Result<(), RegexError> {
        if least > MAX_REPEAT || most.is_some_and(|most| most > MAX_REPEAT || most < least) {
            return self.fail(start, format!("repetition count must rise and be at most {MAX_REPEAT}"));
        }
        self.repeat(start, after_repeat, least, most.unwrap_or(least))
    }

    /// Applies a repetition to the last atom. `factor` is the count that multiplies with nested ones, 0 for none.
    fn repeat(&mut self, start: usize, after_repeat: bool, least: u32, factor: u32) -> Result<(), RegexError> {
        self.eat("?"); // the lazy form matches the same texts
        if after_repeat {
            return self.fail(start, "repetition of a repetition");
        }
        let Some(mut atom) = self.group().last.take() else {
            return self.fail(start, "repetition of nothing");
        };
        atom.matches_empty |= least == 0;
        if factor > 0 {
            atom.repeats = factor.saturating_mul(atom.repeats.max(1));
        }
        if factor > 1 && atom.repeats > MAX_REPEAT {
            return self.fail(start, format!("nested repetitions multiply to more than {MAX_REPEAT}"));
        }
        self.group().last = Some(atom);
        self.after_repeat = true;
        Ok(())
    }

    fn open(&mut self) -> Result<(), RegexError> {
        let start = self.at;
        self.at += 1;
        if !self.eat("?") {
            self.groups.push(Group::new(start));
            return Ok(());
        }
        if self.eat("P<") || self.eat("<") {
            return self.named_group(start);
        }
        self.flags(start)
    }

    fn named_group(&mut self, start: usize) -> Result<(), RegexError> {
        let text = self.rest();
        let length = text.find('>').unwrap_or(0);
        let name = &text[..length];
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            let lookbehind = text.starts_with(['=', '!']);
            let message = if lookbehind { "lookbehind is not supported" } else { "group name is not valid" };
            return self.fail(start, message);
        }
        self.at += length + 1;
        self.groups.push(Group::new(start));
        Ok(())
    }

    /// `(?i)`, `(?s-m:` and the like.
    fn flags(&mut self, start: usize) -> Result<(), RegexError> {
        let (mut negated, mut needs_flag) = (false, false);
        loop {
            match self.bump() {
                Some('i' | 'm' | 's' | 'U') => needs_flag = false,
                Some('-') if !negated => (negated, needs_flag) = (true, true),
                Some(':') if !needs_flag => {
                    self.groups.push(Group::new(start));
                    return Ok(());
                }
                Some(')') if !needs_flag => return Ok(()),
                Some('=' | '!') => return self.fail(start, "lookahead is not supported"),
                _ => return self.fail(start, "group syntax is not supported"),
            }
        }
    }

    fn close(&mut self) -> Result<(), RegexError> {
        let start = self.at;
        self.at += 1;
        if self.groups.len() == 1 {
            return self.fail(start, "parenthesis was never opened");
        }
        if let Some(group) = self.groups.pop() {
            let atom = group.finish();
            self.group().push(atom);
        }
        Ok(())
    }

    fn backslash(&mut self) -> Result<(), RegexError> {
        let start = self.at;
        let empty = match self.rest().chars().nth(1) {
            Some('A' | 'z' | 'B') => true,
            Some('b' | 'd' | 's' | 'w' | 'D' | 'S' | 'W') => false,
            Some('Q') => return self.quoted(),
            Some('p' | 'P') => {
                self.unicode_class()?;
                self.push(false);
                return Ok(());
            }
            _ => {
                self.escape(start)?;
                self.push(false);
                return Ok(());
            }
        };
        self.at += 2;
        self.push(empty);
        Ok(())
    }

    /// `\Q...\E`. Without an end it would swallow the anchors that Prometheus puts around the expression.
    fn quoted(&mut self) -> Result<(), RegexError> {
        let start = self.at;
        self.at += 2;
        let Some(length) = self.rest().find(r"\E") else {
            return self.fail(start, r"`\Q` has no `\E`");
        };
        for _ in self.rest()[..length].chars() {
            self.push(false);
        }
        self.at += length + 2;
        Ok(())
    }

    fn unicode_class(&mut self) -> Result<(), RegexError> {
        let start = self.at;
        self.at += 2;
        let name = if self.eat("{") {
            let Some(length) = self.rest().find('}') else {
                return self.fail(start, "name of the character class is never closed");
            };
            let name = &self.rest()[..length];
            self.at += length + 1;
            name.strip_prefix('^').unwrap_or(name)
        } else {
            let length = self.bump().map_or(0, char::len_utf8);
            &self.pattern[self.at - length..self.at]
        };
        // The list of scripts grows with Unicode; a long name is taken on trust.
        let known = name.len() > 2 || CATEGORIES.contains(&name);
        if known && name.bytes().all(|byte| byte.is_ascii_alphabetic() || b"_&".contains(&byte)) {
            return Ok(());
        }
        self.fail(start, format!("unknown character class `{name}`"))
    }

    /// A backslash and what it stands for, outside and inside of classes.
    fn escape(&mut self, start: usize) -> Result<char, RegexError> {
        self.at += 1;
        let Some(letter) = self.bump() else {
            return self.fail(start, "backslash at the end");
        };
        let simple = match letter {
            'a' => '\x07',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            '0' => return Ok(self.octal(0)),
            '1'..='7' if self.peek().is_some_and(|next| next.is_digit(8)) => {
                return Ok(self.octal(letter.to_digit(8).unwrap_or(0)));
            }
            '1'..='9' => return self.fail(start, format!("backreference `\\{letter}` is not supported")),
            'x' => return self.hexadecimal(start),
            other if other.is_ascii() && !other.is_ascii_alphanumeric() => other,
            other => return self.fail(start, format!("unknown escape sequence `\\{}`", other.escape_default())),
        };
        Ok(simple)
    }

    fn octal(&mut self, mut value: u32) -> char {
        for _ in 0..2 {
            let Some(digit) = self.peek().and_then(|letter| letter.to_digit(8)) else { break };
            value = value * 8 + digit;
            self.at += 1;
        }
        char::from_u32(value).unwrap_or('\0')
    }

    fn hexadecimal(&mut self, start: usize) -> Result<char, RegexError> {
        let rest = self.rest();
        let digits = match rest.strip_prefix('{') {
            Some(inner) => {
                let length = inner.find('}').unwrap_or(0);
                self.at += length + 2;
                &inner[..length]
            }
            None => {
                self.at += rest.chars().take(2).map(char::len_utf8).sum::<usize>();
                if self.at - start < 4 { "" } else { &self.pattern[start + 2..self.at] }
            }
        };
        self.at = self.at.min(self.pattern.len());
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        // Surrogates are written by no one and accepted by RE2; any character stands for them.
        match u32::from_str_radix(digits, 16) {
            Ok(value) if plain && value <= 0x10_FFFF => Ok(char::from_u32(value).unwrap_or('\u{FFFD}')),
            _ => self.fail(start, "`\\x` needs two hexadecimal digits, or more in braces"),
        }
    }

    fn class(&mut self) -> Result<(), RegexError> {
        let start = self.at;
        self.at += 1;
        self.eat("^");
        let mut first = true;
        while first || self.peek() != Some(']') {
            if self.peek().is_none() {
                return Err(RegexError { place: start..start + 1, message: "character class is never closed".into() });
            }
            first = false;
            self.class_item()?;
        }
        self.at += 1;
        self.push(false);
        Ok(())
    }

    fn class_item(&mut self) -> Result<(), RegexError> {
        let start = self.at;
        if self.rest().starts_with("[:")
            && let Some(length) = self.rest()[2..].find(":]")
        {
            let name = &self.rest()[2..2 + length];
            self.at += length + 4;
            if POSIX_CLASSES.contains(&name.strip_prefix('^').unwrap_or(name)) {
                return Ok(());
            }
            return self.fail(start, format!("unknown character class `[:{name}:]`"));
        }
        match self.rest().as_bytes() {
            [b'\\', b'p' | b'P', ..] => return self.unicode_class(),
            [b'\\', b'd' | b's' | b'w' | b'D' | b'S' | b'W', ..] => {
                self.at += 2;
                return Ok(());
            }
            _ => {}
        }
        let low = self.class_character()?;
        let is_range = self.rest().len() >= 2 && self.rest().starts_with('-') && !self.rest().starts_with("-]");
        if is_range {
            self.at += 1;
            if self.class_character()? < low {
                return self.fail(start, "character range runs backwards");
            }
        }
        Ok(())
    }

    fn class_character(&mut self) -> Result<char, RegexError> {
        let start = self.at;
        if self.peek() == Some('\\') {
            return self.escape(start);
        }
        match self.bump() {
            Some(letter) => Ok(letter),
            None => self.fail(start, "character class is never closed"),
        }
    }
}

/// A count as RE2 reads it: digits without leading zeros. Counts too large to hold are merely too large.
fn count(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    (digits && !leading_zero).then(|| text.parse().unwrap_or(u32::MAX))
}

const POSIX_CLASSES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word",
    "xdigit",
];

const CATEGORIES: [&str; 37] = [
    "C", "Cc", "Cf", "Co", "Cs", "Cn", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "LC", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl",
    "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zs",
];

#[cfg(test)]
mod tests;
