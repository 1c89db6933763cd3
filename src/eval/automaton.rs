//! Finite automata over bytes, and the search that decides whether all, some or none of the members of a [`Text`] match
//! a [`Pattern`].
//!
//! The common ones (a literal, any text, the first letter) are written down directly: building them from an expression
//! would take longer than all that is asked of them.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson::{self, NFA};
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;
use rustc_hash::FxHashSet;

use super::pattern::{Anchors, Pattern};
use super::text::{Piece, Shape, Text, Tri};

/// Most states that a decision may look at. What needs more is undecided.
const MAX_STATES: usize = 4096;

/// Largest automaton that is built, in bytes. Larger ones make questions undecided.
const MAX_AUTOMATON: usize = 1 << 20;

/// A state of an automaton.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum State {
    /// The text so far has a match, whatever follows.
    Matched,
    /// Nothing that follows makes a match.
    Dead,
    /// One of an automaton that is written down.
    At(usize),
    /// One of an expression.
    Lazy(LazyStateID),
}

/// An automaton that says whether a text has a match.
pub(super) enum Automaton {
    /// The whole text is UTF-8.
    Utf8,
    /// The text begins with this letter, or with something that is not ASCII.
    Letter(Option<u8>),
    /// The text has a literal at some place.
    Literal(Literal),
    /// An expression.
    Expression(Box<Expression>),
}

/// An expression, whose states are made when they are reached.
pub(super) struct Expression {
    lazy: DFA,
    /// What earlier searches have made and nobody uses now.
    idle: Mutex<Vec<Cache>>,
}

/// The automaton of an expression that may be in many states at once; nothing where it would be too large.
pub(super) fn nfa(hir: &Hir) -> Option<NFA> {
    // One for all: what it has to remember takes longer to make than most automata.
    static COMPILER: LazyLock<Mutex<thompson::Compiler>> = LazyLock::new(|| {
        let mut compiler = thompson::Compiler::new();
        compiler.configure(thompson::Config::new().nfa_size_limit(Some(MAX_AUTOMATON)));
        Mutex::new(compiler)
    });
    COMPILER.lock().unwrap_or_else(PoisonError::into_inner).build_from_hir(hir).ok()
}

/// A literal; states are the number of its bytes that were just seen.
pub(super) struct Literal {
    bytes: Box<[u8]>,
    anchors: Anchors,
    /// For each state how much of the literal is still seen where the next byte does not fit, as in the algorithm of
    /// Knuth, Morris and Pratt.
    fallback: Box<[usize]>,
}

impl Literal {
    /// `literal` at the place that `anchors` tells.
    pub(super) fn new(literal: &str, anchors: Anchors) -> Self {
        let bytes: Box<[u8]> = literal.as_bytes().into();
        let mut fallback = vec![0; bytes.len() + 1];
        let mut seen = 0;
        for (at, byte) in bytes.iter().enumerate().skip(1) {
            while seen > 0 && bytes[seen] != *byte {
                seen = fallback[seen];
            }
            seen += usize::from(bytes[seen] == *byte);
            fallback[at + 1] = seen;
        }
        Self { bytes, anchors, fallback: fallback.into() }
    }

    fn start(&self) -> State {
        let is_found = self.bytes.is_empty() && matches!(self.anchors, Anchors::None | Anchors::Start);
        if is_found { State::Matched } else { State::At(0) }
    }

    fn step(&self, mut seen: usize, byte: u8) -> State {
        while self.bytes.get(seen) != Some(&byte) {
            if matches!(self.anchors, Anchors::Start | Anchors::Both) {
                return State::Dead;
            }
            if seen == 0 {
                return State::At(0);
            }
            seen = self.fallback[seen];
        }
        let is_found = seen + 1 == self.bytes.len() && matches!(self.anchors, Anchors::None | Anchors::Start);
        if is_found { State::Matched } else { State::At(seen + 1) }
    }

    fn at_end(&self, seen: usize) -> bool {
        matches!(self.anchors, Anchors::End | Anchors::Both) && seen == self.bytes.len()
    }
}

/// An automaton at work.
struct Runner<'a> {
    automaton: &'a Automaton,
    /// The states of an expression that were made so far.
    cache: Option<Cache>,
}

impl<'a> Runner<'a> {
    /// With what earlier searches have made, unless it is to be `fresh`.
    fn new(automaton: &'a Automaton, fresh: bool) -> Self {
        let cache = match automaton {
            Automaton::Expression(expression) => {
                let idle = || expression.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let known = if fresh { None } else { idle() };
                Some(known.unwrap_or_else(|| expression.lazy.create_cache()))
            }
            _ => None,
        };
        Self { automaton, cache }
    }

    fn start(&mut self) -> Option<State> {
        match (self.automaton, &mut self.cache) {
            (Automaton::Literal(literal), _) => Some(literal.start()),
            (Automaton::Expression(expression), Some(cache)) => {
                let input = Input::new("").anchored(Anchored::No);
                expression.lazy.start_state_forward(cache, &input).ok().map(state_of)
            }
            _ => Some(State::At(0)),
        }
    }

    /// The state after `byte`; nothing where the automaton becomes too large.
    fn step(&mut self, state: State, byte: u8) -> Option<State> {
        Some(match (state, self.automaton, &mut self.cache) {
            (State::At(seen), Automaton::Literal(literal), _) => literal.step(seen, byte),
            (State::At(state), Automaton::Utf8, _) => utf8(state, byte),
            (State::At(_), Automaton::Letter(letter), _) if byte >= 0x80 || *letter == Some(byte) => State::Matched,
            (State::At(_), Automaton::Letter(_), _) => State::Dead,
            (State::Lazy(state), Automaton::Expression(expression), Some(cache)) => {
                let next = expression.lazy.next_state(cache, state, byte).ok()?;
                if next.is_quit() {
                    return None;
                }
                state_of(next)
            }
            (state, ..) => state,
        })
    }

    /// Whether a text that ends in `state` has a match; nothing where the automaton becomes too large.
    fn at_end(&mut self, state: State) -> Option<bool> {
        Some(match (state, self.automaton, &mut self.cache) {
            (State::Matched, ..) => true,
            (State::At(seen), Automaton::Literal(literal), _) => literal.at_end(seen),
            (State::At(state), Automaton::Utf8, _) => state == 0,
            (State::Lazy(state), Automaton::Expression(expression), Some(cache)) => {
                expression.lazy.next_eoi_state(cache, state).ok()?.is_match()
            }
            _ => false,
        })
    }

    /// Leaves what was made to later searches.
    fn put_back(self) {
        if let (Automaton::Expression(expression), Some(cache)) = (self.automaton, self.cache) {
            expression.idle.lock().unwrap_or_else(PoisonError::into_inner).push(cache);
        }
    }
}

fn state_of(state: LazyStateID) -> State {
    if state.is_match() {
        State::Matched
    } else if state.is_dead() {
        State::Dead
    } else {
        State::Lazy(state)
    }
}

impl Automaton {
    /// The automaton of an expression; nothing where it would be too large.
    pub(super) fn expression(nfa: NFA) -> Option<Self> {
        let config =
            Config::new().match_kind(MatchKind::All).cache_capacity(MAX_AUTOMATON).minimum_cache_clear_count(Some(0));
        let lazy = DFA::builder().configure(config).build_from_nfa(nfa).ok()?;
        Some(Self::Expression(Box::new(Expression { lazy, idle: Mutex::default() })))
    }

    /// Marks each byte that the automaton tells from the byte before it.
    fn mark(&self, marks: &mut [bool; 256]) {
        let mut mark = |byte: u8| {
            marks[usize::from(byte)] = true;
            if let Some(next) = marks.get_mut(usize::from(byte) + 1) {
                *next = true;
            }
        };
        match self {
            Self::Utf8 => UTF8_BOUNDS.iter().for_each(|byte| marks[usize::from(*byte)] = true),
            Self::Letter(letter) => {
                letter.iter().for_each(|letter| mark(*letter));
                marks[0x80] = true;
            }
            Self::Literal(literal) => literal.bytes.iter().for_each(|byte| mark(*byte)),
            Self::Expression(expression) => {
                let classes = expression.lazy.byte_classes();
                for byte in 1..=u8::MAX {
                    marks[usize::from(byte)] |= classes.get(byte) != classes.get(byte - 1);
                }
            }
        }
    }
}

/// Bytes at which the part that a byte plays in UTF-8 changes (<https://www.rfc-editor.org/rfc/rfc3629#section-4>).
const UTF8_BOUNDS: [u8; 13] = [0x80, 0x90, 0xa0, 0xc0, 0xc2, 0xe0, 0xe1, 0xed, 0xee, 0xf0, 0xf1, 0xf4, 0xf5];

/// The states are what may follow: 0 a character, 1 to 3 so many bytes of one, the others the second byte of characters
/// that begin with `e0`, `ed`, `f0` and `f4`.
const fn utf8(state: usize, byte: u8) -> State {
    State::At(match (state, byte) {
        (0, 0..=0x7f) | (1, 0x80..=0xbf) => 0,
        (0, 0xc2..=0xdf) | (2, 0x80..=0xbf) | (4, 0xa0..=0xbf) | (5, 0x80..=0x9f) => 1,
        (0, 0xe1..=0xec | 0xee..=0xef) | (3, 0x80..=0xbf) | (6, 0x90..=0xbf) | (7, 0x80..=0x8f) => 2,
        (0, 0xf1..=0xf3) => 3,
        (0, 0xe0) => 4,
        (0, 0xed) => 5,
        (0, 0xf0) => 6,
        (0, 0xf4) => 7,
        _ => return State::Dead,
    })
}

/// A piece of a text.
enum Stage<'a> {
    Literal(&'a [u8]),
    Hole {
        /// The automata of the hole, with what each must say: the shape first, then the constraints.
        automata: Vec<(Runner<'a>, bool)>,
        /// One byte of each class that some automaton tells from others.
        bytes: Vec<u8>,
    },
}

/// Answers that took a search: a module in several contexts asks for the same again.
struct Answers;

/// Most answers that are remembered; the oldest go.
const MOST_ANSWERS: usize = 128;

type Answer = (Text, Arc<str>, Tri);

impl Answers {
    fn all() -> MutexGuard<'static, VecDeque<Answer>> {
        static ALL: Mutex<VecDeque<Answer>> = Mutex::new(VecDeque::new());
        ALL.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(text: &Text, pattern: &Pattern) -> Option<Tri> {
        let all = Self::all();
        let known = all.iter().find(|(about, asked, _)| **asked == *pattern.source() && about == text);
        known.map(|(_, _, answer)| *answer)
    }

    fn add(text: &Text, pattern: &Pattern, answer: Tri) {
        let mut all = Self::all();
        if all.len() >= MOST_ANSWERS {
            all.pop_front();
        }
        all.push_back((text.clone(), pattern.source().into(), answer));
    }
}

/// Where a search stands.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Position {
    stage: usize,
    pattern: State,
    /// The states of the automata of the stage.
    hole: Box<[State]>,
}

/// A search through all members at once.
struct Search<'a> {
    stages: Vec<Stage<'a>>,
    pattern: Runner<'a>,
    seen: FxHashSet<Position>,
    open: Vec<Position>,
    some_match: bool,
    some_miss: bool,
}

/// Whether the members of `text` match `pattern` somewhere; nothing where that takes too long to find out.
pub(super) fn decide(text: &Text, pattern: &Pattern) -> Option<Tri> {
    if let Some(answer) = Answers::find(text, pattern) {
        return Some(answer);
    }
    let answer = decide_anew(text, pattern)?;
    Answers::add(text, pattern, answer);
    Some(answer)
}

fn decide_anew(text: &Text, pattern: &Pattern) -> Option<Tri> {
    let (some_match, some_miss) = search(text, pattern, &|search| search.some_match && search.some_miss)?;
    Some(match (some_match, some_miss) {
        (true, true) => Tri::Maybe,
        (true, false) => Tri::Always,
        // Also where there is no member at all.
        (false, _) => Tri::Never,
    })
}

/// Whether `text` has no member. False where that takes too long to find out.
pub(super) fn is_empty(text: &Text) -> bool {
    search(text, &Pattern::any(), &|search| search.some_match || search.some_miss) == Some((false, false))
}

/// Whether some member matches and whether some does not, as far as it goes on until `is_done`.
fn search(text: &Text, pattern: &Pattern, is_done: &dyn Fn(&Search<'_>) -> bool) -> Option<(bool, bool)> {
    let shapes: Option<Vec<Arc<Pattern>>> = text.pieces().iter().map(shape).collect();
    let shapes = shapes?;
    let attempt = |fresh: bool| {
        let mut search = Search::new(text, &shapes, pattern, fresh)?;
        search.walk(is_done)?;
        let found = (search.some_match, search.some_miss);
        search.put_back();
        Some(found)
    };
    // What earlier searches have made may be too much; the answer must not depend on them.
    attempt(false).or_else(|| attempt(true))
}

/// What the shape of a piece lets through.
fn shape(piece: &Piece) -> Option<Arc<Pattern>> {
    match piece {
        Piece::Hole(hole) if hole.shape != Shape::Any => {
            Pattern::new(&format!("\\A(?:{})\\z", hole.shape.expression())).ok()
        }
        _ => Some(Pattern::any()),
    }
}

impl<'a> Search<'a> {
    fn new(text: &'a Text, shapes: &'a [Arc<Pattern>], pattern: &'a Pattern, fresh: bool) -> Option<Self> {
        let pattern = pattern.automaton()?;
        let pieces = text.pieces().iter().zip(shapes);
        let stages: Option<Vec<Stage<'_>>> =
            pieces.map(|(piece, shape)| Stage::of(piece, shape, pattern, fresh)).collect();
        let mut search = Self {
            stages: stages?,
            pattern: Runner::new(pattern, fresh),
            seen: FxHashSet::default(),
            open: Vec::new(),
            some_match: false,
            some_miss: false,
        };
        let start = search.pattern.start()?;
        search.enter(0, start)?;
        Some(search)
    }

    /// Puts the start of a stage on the list, or counts the end of the text.
    fn enter(&mut self, mut stage: usize, mut pattern: State) -> Option<()> {
        while let Some(Stage::Literal(bytes)) = self.stages.get(stage) {
            for byte in *bytes {
                pattern = self.pattern.step(pattern, *byte)?;
            }
            stage += 1;
        }
        if let Some(Stage::Hole { automata, .. }) = self.stages.get_mut(stage) {
            let hole: Option<Box<[State]>> = automata.iter_mut().map(|(runner, _)| runner.start()).collect();
            let position = Position { stage, pattern, hole: hole? };
            if self.seen.insert(position.clone()) {
                self.open.push(position);
            }
        } else if self.pattern.at_end(pattern)? {
            self.some_match = true;
        } else {
            self.some_miss = true;
        }
        Some(())
    }

    fn walk(&mut self, is_done: &dyn Fn(&Self) -> bool) -> Option<()> {
        while !is_done(self)
            && let Some(position) = self.open.pop()
        {
            if self.seen.len() > MAX_STATES {
                return None;
            }
            self.advance(&position)?;
        }
        Some(())
    }

    fn advance(&mut self, position: &Position) -> Option<()> {
        let Some(Stage::Hole { automata, bytes }) = self.stages.get_mut(position.stage) else { return Some(()) };
        let mut accepts = true;
        for ((runner, wanted), state) in automata.iter_mut().zip(&position.hole) {
            accepts &= runner.at_end(*state)? == *wanted;
        }
        let mut next = position.clone();
        let mut before: Option<Position> = None;
        'bytes: for byte in &*bytes {
            next.pattern = self.pattern.step(position.pattern, *byte)?;
            for (((runner, wanted), state), next) in automata.iter_mut().zip(&position.hole).zip(&mut next.hole) {
                *next = runner.step(*state, *byte)?;
                // A match that must not be cannot be undone, and one that must be does not come any more.
                if matches!((*next, *wanted), (State::Matched, false) | (State::Dead, true)) {
                    continue 'bytes;
                }
            }
            if before.as_ref() != Some(&next) && !self.seen.contains(&next) {
                self.seen.insert(next.clone());
                self.open.push(next.clone());
                before = Some(next.clone());
            }
        }
        if accepts { self.enter(position.stage + 1, position.pattern) } else { Some(()) }
    }

    fn put_back(self) {
        self.pattern.put_back();
        for stage in self.stages {
            if let Stage::Hole { automata, .. } = stage {
                automata.into_iter().for_each(|(runner, _)| runner.put_back());
            }
        }
    }
}

impl<'a> Stage<'a> {
    fn of(piece: &'a Piece, shape: &'a Pattern, pattern: &Automaton, fresh: bool) -> Option<Self> {
        let hole = match piece {
            Piece::Literal(text) => return Some(Self::Literal(text.as_bytes())),
            Piece::Hole(hole) => hole,
        };
        let mut marks = [false; 256];
        marks[0] = true;
        pattern.mark(&mut marks);
        let mut automata = Vec::with_capacity(hole.constraints.len() + 1);
        let constraints = hole.constraints.iter().map(|(pattern, wanted)| (&**pattern, *wanted));
        for (pattern, wanted) in std::iter::once((shape, true)).chain(constraints) {
            let automaton = pattern.automaton()?;
            automaton.mark(&mut marks);
            automata.push((Runner::new(automaton, fresh), wanted));
        }
        let bytes = (0..=u8::MAX).filter(|byte| marks[usize::from(*byte)]).collect();
        Some(Self::Hole { automata, bytes })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(automaton: &Automaton, text: &[u8]) -> bool {
        let mut runner = Runner::new(automaton, false);
        let start = runner.start().unwrap();
        let end = text.iter().fold(start, |state, byte| runner.step(state, *byte).unwrap());
        let found = runner.at_end(end).unwrap();
        runner.put_back();
        found
    }

    proptest! {
        #[test]
        fn a_literal_is_found_where_it_stands(literal in "[ab]{0,4}", text in "[abc]{0,9}") {
            let found = |anchors| run(&Automaton::Literal(Literal::new(&literal, anchors)), text.as_bytes());
            prop_assert_eq!(found(Anchors::None), text.contains(&literal));
            prop_assert_eq!(found(Anchors::Start), text.starts_with(&literal));
            prop_assert_eq!(found(Anchors::End), text.ends_with(&literal));
            prop_assert_eq!(found(Anchors::Both), text == literal);
        }

        #[test]
        fn utf8_is_what_the_standard_library_takes(bytes in prop::collection::vec(prop_oneof![
            any::<u8>(), prop::sample::select(&[0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4][..])
        ], 0..6), text in any::<String>()) {
            prop_assert_eq!(run(&Automaton::Utf8, &bytes), std::str::from_utf8(&bytes).is_ok());
            prop_assert!(run(&Automaton::Utf8, text.as_bytes()));
        }

        #[test]
        fn bytes_of_one_class_are_not_told_apart(state in 0_usize..8, byte in any::<u8>()) {
            let mut marks = [false; 256];
            Automaton::Utf8.mark(&mut marks);
            let first = (0..=byte).rev().find(|byte| marks[usize::from(*byte)]).unwrap_or(0);
            prop_assert!(utf8(state, byte) == utf8(state, first));
        }

        /// The automata that are written down say what the expressions say that they stand for.
        #[test]
        fn short_cuts_agree_with_expressions(literal in "[a.]{0,3}", text in "[a.é]{0,5}") {
            for (anchors, start, end) in [
                (Anchors::None, "", ""),
                (Anchors::Start, "\\A", ""),
                (Anchors::End, "", "\\z"),
                (Anchors::Both, "\\A", "\\z"),
            ] {
                let expression = format!("{start}(?:{}){end}", regex::escape(&literal));
                let built = Pattern::new(&expression).unwrap();
                let written = Pattern::literal(&literal, anchors);
                prop_assert_eq!(run(built.automaton().unwrap(), text.as_bytes()), written.is_match(&text).unwrap());
                prop_assert_eq!(&*built, &*written);
            }
            let built = Pattern::new("\\A(?:a|[^\\x00-\\x7f])").unwrap();
            prop_assert_eq!(
                run(built.automaton().unwrap(), text.as_bytes()),
                Pattern::begins_with('a').is_match(&text).unwrap()
            );
        }
    }
}
