//! Sets of texts: literal pieces and holes in order. What a hole may hold is a regular language, so every question that
//! is a regular expression (starts with, ends with, contains, equals, matches) is decided exactly, but for holes that
//! depend on each other.

use std::sync::Arc;

use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::automaton;
use super::pattern::{Anchors, Pattern};

/// Most pieces of a text.
const MAX_PIECES: usize = 128;

/// Yes for all members, no for all members, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tri {
    /// For every member.
    Always,
    /// For no member.
    Never,
    /// Not decided.
    Maybe,
}

impl Tri {
    /// The answer as far as it is one.
    #[must_use]
    pub const fn known(self) -> Option<bool> {
        match self {
            Self::Always => Some(true),
            Self::Never => Some(false),
            Self::Maybe => None,
        }
    }

    /// A certain answer.
    #[must_use]
    pub const fn of(answer: bool) -> Self {
        if answer { Self::Always } else { Self::Never }
    }
}

impl std::ops::Not for Tri {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::Maybe => Self::Maybe,
        }
    }
}

/// What a hole can hold before constraints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any text.
    Any,
    /// A number as Terraform prints it.
    Number {
        /// Whether it has no fraction.
        integer: bool,
        /// Whether it is never below zero.
        non_negative: bool,
    },
    /// `true` or `false`.
    Bool,
    /// One of these.
    OneOf(Arc<[Arc<str>]>),
}

/// A part of a text that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    /// What it can hold.
    pub shape: Shape,
    /// Expressions that its text must match, or must not.
    pub constraints: Vec<(Arc<Pattern>, bool)>,
}

impl Hole {
    /// A hole that holds what `shape` says.
    #[must_use]
    pub const fn new(shape: Shape) -> Self {
        Self { shape, constraints: Vec::new() }
    }

    /// A hole that also obeys this.
    #[must_use]
    pub fn with(mut self, pattern: Arc<Pattern>, matches: bool) -> Self {
        let constraint = (pattern, matches);
        if !self.constraints.contains(&constraint) {
            self.constraints.push(constraint);
        }
        self
    }

    /// Whether `text` can stand here.
    #[must_use]
    pub fn admits(&self, text: &str) -> bool {
        let fits = match &self.shape {
            Shape::Any => true,
            Shape::Number { .. } | Shape::Bool => Pattern::new(&format!("\\A(?:{})\\z", self.shape.expression()))
                .map_or(true, |pattern| pattern.is_match(text) != Some(false)),
            Shape::OneOf(all) => all.iter().any(|one| **one == *text),
        };
        fits && self.constraints.iter().all(|(pattern, matches)| pattern.is_match(text).is_none_or(|is| is == *matches))
    }
}

impl Hole {
    /// Whether its text may begin with something that becomes one with the letter before it.
    fn may_begin_with_accent(&self) -> bool {
        match &self.shape {
            Shape::Number { .. } | Shape::Bool => false,
            Shape::OneOf(all) => all.iter().any(|one| one.chars().next().is_some_and(is_accent)),
            Shape::Any => {
                // What is left of a letter, alone or with an accent, begins with no other one.
                if self.constraints.iter().any(|(pattern, matches)| *matches && pattern.is_letter()) {
                    return false;
                }
                self.constraints.is_empty()
                    || Text::hole(self.clone()).matches(&Pattern::begins_beyond_ascii()) != Tri::Never
            }
        }
    }
}

impl Shape {
    /// All texts of this shape as a regular expression.
    pub(super) fn expression(&self) -> String {
        match self {
            Self::Any => "(?s:.*)".to_owned(),
            Self::Number { integer, non_negative } => {
                let sign = if *non_negative { "" } else { "-?" };
                let fraction = if *integer { "" } else { "(\\.[0-9]+)?" };
                // Terraform prints infinity in words.
                format!("{sign}([0-9]+{fraction}|Inf|\\+Inf)")
            }
            Self::Bool => "true|false".to_owned(),
            Self::OneOf(all) => all.iter().map(|one| regex::escape(one)).collect::<Vec<_>>().join("|"),
        }
    }
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Known.
    Literal(Arc<str>),
    /// Not known.
    Hole(Hole),
}

/// A set of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pieces: Arc<[Piece]>,
}

impl Text {
    /// All texts.
    #[must_use]
    pub fn any() -> Self {
        Self::hole(Hole::new(Shape::Any))
    }

    /// The texts of one hole.
    #[must_use]
    pub fn hole(hole: Hole) -> Self {
        Self { pieces: Arc::from([Piece::Hole(hole)]) }
    }

    /// One text.
    #[must_use]
    pub fn literal(text: impl Into<Arc<str>>) -> Self {
        Self { pieces: Arc::from([Piece::Literal(normalized(text.into()))]) }
    }

    /// The pieces, one after another.
    #[must_use]
    pub fn of(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let mut joined: Vec<Piece> = Vec::new();
        for piece in pieces {
            match (joined.last_mut(), piece) {
                (_, Piece::Literal(text)) if text.is_empty() => {}
                (Some(Piece::Literal(before)), Piece::Literal(text)) => *before = format!("{before}{text}").into(),
                (Some(Piece::Hole(before)), Piece::Hole(hole))
                    if before.constraints.is_empty()
                        && hole.constraints.is_empty()
                        && before.shape == Shape::Any
                        && hole.shape == Shape::Any => {}
                (_, piece) => joined.push(piece),
            }
        }
        if joined.len() > MAX_PIECES {
            // What is in the middle is not followed.
            let end = joined.split_off(joined.len() - MAX_PIECES / 2);
            joined.truncate(MAX_PIECES / 2);
            joined.push(Piece::Hole(Hole::new(Shape::Any)));
            joined.extend(end);
        }
        Self { pieces: composed(joined).into() }
    }

    /// The pieces.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The text, where it is the only one.
    #[must_use]
    pub fn as_literal(&self) -> Option<Arc<str>> {
        match &*self.pieces {
            [] => Some(Arc::from("")),
            [Piece::Literal(text)] => Some(Arc::clone(text)),
            _ => None,
        }
    }

    /// The hole, where the text is nothing else.
    #[must_use]
    pub fn as_hole(&self) -> Option<&Hole> {
        match &*self.pieces {
            [Piece::Hole(hole)] => Some(hole),
            _ => None,
        }
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.as_hole().is_some_and(|hole| hole.shape == Shape::Any && hole.constraints.is_empty())
    }

    /// The literal that all members begin with; perhaps empty.
    #[must_use]
    pub fn prefix(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Literal(text)) => text,
            _ => "",
        }
    }

    /// The literal that all members end with; perhaps empty.
    #[must_use]
    pub fn suffix(&self) -> &str {
        match self.pieces.last() {
            Some(Piece::Literal(text)) => text,
            _ => "",
        }
    }

    /// The members that match, or do not match, `pattern`; perhaps a few more, never fewer.
    #[must_use]
    pub fn narrow(&self, pattern: &Arc<Pattern>, matches: bool) -> Self {
        match self.as_hole() {
            Some(hole) => Self::hole(hole.clone().with(Arc::clone(pattern), matches)),
            None => self.clone(),
        }
    }

    /// Whether the members match `pattern` somewhere.
    #[must_use]
    pub fn matches(&self, pattern: &Pattern) -> Tri {
        if let Some(text) = self.as_literal() {
            return pattern.is_match(&text).map_or(Tri::Maybe, Tri::of);
        }
        let hole_says = self.as_hole().and_then(|hole| {
            hole.constraints.iter().find(|(known, _)| **known == *pattern).map(|(_, matches)| Tri::of(*matches))
        });
        hole_says.unwrap_or_else(|| automaton::decide(self, pattern).unwrap_or(Tri::Maybe))
    }

    /// Whether the members stand in this relation to `literal`.
    #[must_use]
    pub fn relates(&self, literal: &str, anchors: Anchors) -> Tri {
        if let Some(hole) = self.as_hole() {
            let is_whole = anchors == Anchors::Both;
            if is_whole && !hole.admits(literal) {
                return Tri::Never;
            }
            if hole.shape == Shape::Any && hole.constraints.is_empty() {
                return if literal.is_empty() && !is_whole { Tri::Always } else { Tri::Maybe };
            }
        }
        self.matches(&Pattern::literal(literal, anchors))
    }

    /// Whether no text is a member: the constraints contradict each other. False where that cannot be found out.
    #[must_use]
    pub fn is_empty_set(&self) -> bool {
        self.as_literal().is_none() && automaton::is_empty(self)
    }

    /// Whether a member of one can equal a member of the other.
    #[must_use]
    pub fn equals(&self, other: &Self) -> Tri {
        match (self.as_literal(), other.as_literal()) {
            (Some(left), Some(right)) => Tri::of(left == right),
            (_, Some(literal)) => self.relates(&literal, Anchors::Both),
            (Some(literal), _) => other.relates(&literal, Anchors::Both),
            // Two sets with more than one member are never always equal.
            (None, None) => match Pattern::new(&other.expression()).map(|pattern| self.matches(&pattern)) {
                Ok(Tri::Never) => Tri::Never,
                _ => Tri::Maybe,
            },
        }
    }

    /// Whether `text` is a member.
    #[must_use]
    pub fn admits(&self, text: &str) -> bool {
        match &*self.pieces {
            [] => text.is_empty(),
            [Piece::Hole(hole)] => hole.admits(text),
            [Piece::Literal(literal)] => **literal == *text,
            // Constraints of holes are checked by the automaton.
            _ => self.relates(text, Anchors::Both) != Tri::Never,
        }
    }

    /// An expression that matches all members, and where constraints are left out some more.
    fn expression(&self) -> String {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => format!("(?:{})", regex::escape(text)),
            Piece::Hole(hole) => format!("(?:{})", hole.shape.expression()),
        });
        format!("\\A{}\\z", pieces.collect::<String>())
    }

    /// The least number of characters of a member, no more than that of every member.
    #[must_use]
    pub fn min_length(&self) -> u64 {
        let literals = self.pieces.iter().map(|piece| match piece {
            // Grapheme clusters: at least one where there is a character; combining marks may join pieces.
            Piece::Literal(text) if text.is_ascii() && !text.contains('\r') => text.len() as u64,
            Piece::Literal(_) => 1,
            Piece::Hole(hole) => match &hole.shape {
                Shape::Number { .. } => 1,
                Shape::Bool => 4,
                Shape::OneOf(all) if all.iter().all(|one| one.is_ascii()) => {
                    all.iter().map(|one| one.len()).min().unwrap_or(0) as u64
                }
                _ => u64::from(self.pieces.len() == 1 && !hole.admits("")),
            },
        });
        literals.sum()
    }
}

/// `text` in Unicode's normal form C.
#[must_use]
pub(super) fn normalized(text: Arc<str>) -> Arc<str> {
    if text.is_ascii() || is_nfc(&text) { text } else { text.nfc().collect::<String>().into() }
}

/// Terraform puts the whole text in normal form C, in which an accent at the start of a hole becomes one with the letter
/// before it. So a letter before a hole that may begin with an accent is not certain.
fn composed(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut made: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let piece = match piece {
            Piece::Literal(text) => Piece::Literal(normalized(text)),
            hole @ Piece::Hole(_) => hole,
        };
        match (made.last_mut(), &piece) {
            (Some(Piece::Literal(before)), Piece::Hole(hole)) if hole.may_begin_with_accent() => {
                let last = before.chars().next_back().filter(|last| takes_accent(*last));
                let Some(last) = last else {
                    made.push(piece);
                    continue;
                };
                *before = before[..before.len() - last.len_utf8()].into();
                if before.is_empty() {
                    made.pop();
                }
                made.push(Piece::Hole(Hole::new(Shape::Any).with(Pattern::begins_with(last), true)));
            }
            (Some(Piece::Hole(_)), Piece::Literal(text)) if text.chars().next().is_some_and(is_accent) => {
                made.push(Piece::Hole(Hole::new(Shape::Any)));
            }
            _ => made.push(piece),
        }
    }
    made
}

/// Whether a character may become one with an accent after it.
const fn takes_accent(letter: char) -> bool {
    letter.is_ascii_alphabetic() || matches!(letter, '<' | '=' | '>') || !letter.is_ascii()
}

/// Whether a character may become one with the letter before it: accents, and the vowels and ends of Korean syllables.
fn is_accent(letter: char) -> bool {
    !letter.is_ascii() && (canonical_combining_class(letter) != 0 || is_combining_mark(letter))
        || matches!(letter, '\u{1100}'..='\u{11ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(source: &str) -> Arc<Pattern> {
        Pattern::new(source).unwrap()
    }

    fn number() -> Piece {
        Piece::Hole(Hole::new(Shape::Number { integer: false, non_negative: false }))
    }

    fn literal(text: &str) -> Piece {
        Piece::Literal(text.into())
    }

    #[test]
    fn a_number_with_a_unit_ends_in_a_unit() {
        let size = Text::of([number(), literal("G")]);
        assert_eq!(size.matches(&pattern("(?i)[kmgt]$")), Tri::Always);
        assert_eq!(size.matches(&pattern("^[0-9]+$")), Tri::Never);
        assert_eq!(size.matches(&pattern("^[0-9]+G$")), Tri::Maybe);
        assert_eq!(size.relates("G", Anchors::End), Tri::Always);
        assert_eq!(size.relates("M", Anchors::None), Tri::Never);
    }

    #[test]
    fn prefixes_and_suffixes_are_literals() {
        let url = Text::of([literal("https://"), Piece::Hole(Hole::new(Shape::Any)), literal(":8006")]);
        assert_eq!(url.relates("https://", Anchors::Start), Tri::Always);
        assert_eq!(url.relates("http://", Anchors::Start), Tri::Never);
        assert_eq!(url.relates(":8006", Anchors::End), Tri::Always);
        assert_eq!(url.relates("", Anchors::Both), Tri::Never);
        assert_eq!(url.relates("8006", Anchors::None), Tri::Always);
        assert_eq!(url.relates("x", Anchors::None), Tri::Maybe);
        assert!(url.admits("https://pve:8006") && !url.admits("https://pve:8007"));
        assert_eq!(url.equals(&Text::literal("ftp://x")), Tri::Never);
    }

    #[test]
    fn constraints_narrow() {
        let name = Text::any().narrow(&pattern("^[a-z]+$"), true);
        assert_eq!(name.matches(&pattern("[0-9]")), Tri::Never);
        assert_eq!(name.matches(&pattern("^[a-z0-9]+$")), Tri::Always);
        assert_eq!(name.relates("", Anchors::Both), Tri::Never);
        let none = name.narrow(&pattern("^[0-9]+$"), true);
        assert!(none.is_empty_set());
        assert!(!name.is_empty_set());
        let other = Text::any().narrow(&pattern("^[a-z]+$"), false);
        assert_eq!(other.matches(&pattern("^[a-f]+$")), Tri::Never);
    }

    #[test]
    fn two_sets_that_share_nothing() {
        let one = Text::of([literal("a-"), Piece::Hole(Hole::new(Shape::Any))]);
        let two = Text::of([literal("b-"), Piece::Hole(Hole::new(Shape::Any))]);
        assert_eq!(one.equals(&two), Tri::Never);
        assert_eq!(one.equals(&one.clone()), Tri::Maybe);
    }

    #[test]
    fn one_of_a_few() {
        let hole = Hole::new(Shape::OneOf(Arc::from(["debian".into(), "ubuntu".into()])));
        let text = Text::of([literal("template-"), Piece::Hole(hole)]);
        assert_eq!(text.matches(&pattern("ian$|untu$")), Tri::Always);
        assert_eq!(text.matches(&pattern("ian$")), Tri::Maybe);
        assert!(!text.admits("template-alpine"));
    }

    #[test]
    fn not_utf8_is_no_member() {
        assert_eq!(Text::any().matches(&pattern("^(?s:.*)$")), Tri::Always);
    }
}
