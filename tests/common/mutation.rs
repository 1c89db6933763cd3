//! Random changes of texts, the same in every run.

/// Pieces that are put into expressions.
pub const PROMQL: [&str; 60] = [
    " ",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "=",
    "==",
    "!=",
    "=~",
    "!~",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    ">",
    "<=",
    "@",
    "#",
    "\"",
    "'",
    "`",
    "\\",
    "\n",
    "5m",
    "1h30m",
    "5",
    "0.5",
    "0x1",
    "1e3",
    "inf",
    "up",
    "a:b",
    "sum",
    "topk",
    "rate",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "bool",
    "offset",
    "and",
    "or",
    "unless",
    "atan2",
    "start()",
    "end()",
    "(up)",
    "[5m]",
    "[5m:1m]",
    "{a=\"b\"}",
    "by (a)",
];

/// Pieces that are put into templates.
pub const TEMPLATES: [&str; 60] = [
    " ",
    "\n",
    "{{",
    "}}",
    "{{ ",
    " }}",
    "{{- ",
    " -}}",
    "-",
    "(",
    ")",
    "|",
    " | ",
    ".",
    ",",
    ":=",
    " := ",
    "=",
    "$",
    "$x",
    "$value",
    "$labels",
    ".x",
    ".Labels.a",
    "\"a\"",
    "`a`",
    "'a'",
    "\\",
    "\"",
    "'",
    "5",
    "0x1",
    "1.5",
    "+",
    "i",
    "_",
    "e",
    "true",
    "nil",
    "if",
    "else",
    "end",
    "range",
    "with",
    "define",
    "block",
    "template",
    "break",
    "humanize",
    "printf",
    "and",
    "query",
    "{{ end }}",
    "{{ else }}",
    "{{ if $value }}",
    "{{ range . }}",
    "{{ break }}",
    "{{ $x := 5 }}",
    "{{ define \"x\" }}",
    "{{ block \"x\" . }}",
];

pub struct Mutator {
    state: u64,
}

impl Mutator {
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A number below `limit`, by SplitMix64.
    pub fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).expect("below a usize")
    }

    pub fn pick<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.below(texts.len())]
    }

    /// One of `seeds` after one to three changes, most often one.
    pub fn change(&mut self, seeds: &[String], pieces: &[&str]) -> String {
        let mut text = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(3).saturating_sub(self.below(2)) {
            text = self.change_once(&text, seeds, pieces);
        }
        text
    }

    fn change_once(&mut self, text: &str, seeds: &[String], pieces: &[&str]) -> String {
        let words = split(text);
        let at = self.below(words.len() + 1);
        let (before, after) = (words[..at].concat(), words[at..].concat());
        let shorter = words[(at + 1).min(words.len())..].concat();
        let other = &seeds[self.below(seeds.len())];
        match self.below(8) {
            0 => format!("{before}{shorter}"),
            1 | 2 => format!("{before}{}{after}", self.pick(pieces)),
            3 => format!("{before}{}{shorter}", self.pick(pieces)),
            4 => format!("{text}{}{other}", self.pick(pieces)),
            5 => format!("{before}{other}{shorter}"),
            6 => format!("{before}({other}){shorter}"),
            _ => {
                let words = split(other);
                let cut = self.below(words.len() + 1);
                format!("{before}{}", words[cut..].concat())
            }
        }
    }
}

/// Words, and single characters between them.
fn split(text: &str) -> Vec<&str> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match rest.find(|letter| !is_word(letter)) {
            Some(0) => first.len_utf8(),
            Some(length) => length,
            None => rest.len(),
        };
        words.push(&rest[..length]);
        rest = &rest[length..];
    }
    words
}
