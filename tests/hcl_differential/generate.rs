//! Random files: grammatical ones with odd but legal layout, and damaged ones. Seeded, so that every run sees the same.

/// A small generator of numbers (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

/// Writes one grammatical file.
pub(crate) struct Writer {
    random: Random,
    text: String,
    /// How deep the expression is; deep ones end sooner.
    depth: usize,
    /// Whether a line break may stand between tokens.
    free: bool,
}

const NAMES: &[&str] = &["a", "b-1", "_c", "count", "for_each", "ünï", "in", "x86", "if", "é"];
const PLAIN: &[&str] =
    &["", "x", "a b", "😀", "$", "%", "\\n", "\\\"", "$${y}", "%%{z}", "\\u00e9", "é", "#", "}", "  ", "$$"];
const LINES: &[&str] =
    &["", "x", "  y", "\tz", "$", "%", "$${a}", "\\n", "\"", "#", "    ", "} {", "E F", " -E", "é $$", "100%"];
const BINARY: &[&str] = &["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"];

impl Writer {
    pub(crate) fn file(seed: u64) -> String {
        let mut writer = Self { random: Random(seed), text: String::new(), depth: 0, free: false };
        for number in 0..=writer.random.below(4) {
            writer.item(number);
        }
        writer.text
    }

    /// One string expression without references, which evaluates anywhere.
    pub(crate) fn string(seed: u64) -> String {
        let mut writer = Self { random: Random(seed), text: String::new(), depth: 2, free: true };
        if writer.random.below(4) == 0 {
            writer.quoted(true);
        } else {
            writer.heredoc(true);
        }
        writer.text
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Space that is allowed between tokens here.
    fn gap(&mut self) {
        let gap = match self.random.below(12) {
            0 => "",
            1 => "\t",
            2 => "  ",
            3 => " /* c */ ",
            4 if self.free => "\n",
            5 if self.free => " # c\n",
            6 if self.free => "\r\n",
            _ => " ",
        };
        self.push(gap);
    }

    fn freely(&mut self, free: bool, inner: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.free, free);
        inner(self);
        self.free = before;
    }

    fn end_line(&mut self) {
        let end = self.random.pick(&["\n", "\r\n", " # end\n", " // é\n", "\n\n", " \n", " /* c */\n"]);
        self.push(end);
    }

    fn item(&mut self, number: usize) {
        let name = self.random.pick(NAMES);
        if self.random.below(3) > 0 || self.depth > 2 {
            self.text.push_str(&format!("{name}{number}"));
            self.gap();
            self.push("=");
            self.gap();
            self.expression();
            self.end_line();
            return;
        }
        self.push(name);
        for _ in 0..self.random.below(3) {
            let label = self.random.pick(&[" l", " \"m\"", "\"\"", " \"\\u00e9 $${x}\"", " ünï"]);
            self.push(label);
        }
        self.push(" {");
        if self.random.below(4) == 0 {
            self.push(" q = ");
            self.primary();
            self.push(" }");
        } else {
            self.end_line();
            self.depth += 1;
            for number in 0..self.random.below(4) {
                self.item(number);
            }
            self.depth -= 1;
            self.push("}");
        }
        self.end_line();
    }

    fn expression(&mut self) {
        self.depth += 1;
        let choice = if self.depth > 6 { 0 } else { self.random.below(16) };
        match choice {
            0..=4 => self.primary(),
            5 => self.quoted(false),
            6 if self.free => {
                self.heredoc(false);
                self.push("\n");
            }
            7 => {
                let operator = self.random.pick(&["-", "!", "- ", "! "]);
                self.push(operator);
                self.primary();
            }
            8 => self.joined(BINARY),
            9 => {
                self.primary();
                self.gap();
                self.push("?");
                self.gap();
                self.expression();
                self.gap();
                self.push(": ");
                self.expression();
            }
            10 => self.bracketed("(", ")", Self::expression),
            11 => self.bracketed("[", "]", Self::elements),
            12 => self.object(),
            13 => self.bracketed("[", "]", |writer| writer.for_expression(false)),
            14 => self.bracketed("{", "}", |writer| writer.for_expression(true)),
            _ => self.call(),
        }
        self.depth -= 1;
    }

    fn joined(&mut self, operators: &[&str]) {
        self.primary();
        for _ in 0..=self.random.below(4) {
            self.push(" ");
            let operator = self.random.pick(operators);
            self.push(operator);
            self.push(" ");
            self.primary();
        }
    }

    fn bracketed(&mut self, open: &str, close: &str, inner: impl FnOnce(&mut Self)) {
        self.push(open);
        self.freely(true, |writer| {
            writer.gap();
            inner(writer);
            writer.gap();
        });
        self.push(close);
    }

    fn elements(&mut self) {
        for _ in 0..self.random.below(4) {
            self.expression();
            self.gap();
            self.push(",");
            self.gap();
        }
        if self.random.below(2) == 0 {
            self.expression();
        }
    }

    fn call(&mut self) {
        let name = self.random.pick(&["f", "provider::x::y", "try", "b-1"]);
        self.push(name);
        self.bracketed("(", ")", |writer| {
            writer.elements();
            if writer.random.below(3) == 0 && !writer.text.trim_end().ends_with(['(', ',']) {
                writer.push("...");
            }
        });
    }

    fn object(&mut self) {
        self.push("{");
        self.freely(false, |writer| {
            for _ in 0..writer.random.below(4) {
                let space = writer.random.pick(&[" ", "\n", "\n  ", " # c\n"]);
                writer.push(space);
                let key = writer.random.pick(&["k", "\"k\"", "(a.b)", "1", "a.b", "\"${a}\"", "é", "if", "null"]);
                writer.push(key);
                let equals = writer.random.pick(&[" = ", "=", " : ", ": "]);
                writer.push(equals);
                writer.expression();
                let end = writer.random.pick(&[",", "\n", " ,\n", " # c\n", ", # c\n"]);
                writer.push(end);
            }
        });
        self.push("}");
    }

    fn for_expression(&mut self, object: bool) {
        self.push("for k");
        if self.random.below(2) == 0 {
            self.gap();
            self.push(",");
            self.gap();
            self.push("v");
        }
        self.push(" in ");
        self.primary();
        self.gap();
        self.push(": ");
        self.expression();
        if object {
            self.gap();
            self.push("=>");
            self.gap();
            self.expression();
            if self.random.below(3) == 0 {
                self.push("...");
            }
        }
        if self.random.below(3) == 0 {
            self.push(" if ");
            self.expression();
        }
    }

    fn primary(&mut self) {
        let term = self.random.pick(&[
            "1",
            "1.5e-3",
            "true",
            "null",
            "var.a",
            "local.b-1",
            "f()",
            "\"s\"",
            "007",
            "é.ü",
            "[]",
            "{}",
        ]);
        self.push(term);
        if term.starts_with(|c: char| c.is_ascii_digit()) {
            return;
        }
        for _ in 0..self.random.below(3) {
            let step = self.random.pick(&[".c", "[0]", "[\"k\"]", ".0", "[*]", ".*.d", "[a.b]", " .e", " [ 1 ]"]);
            let dotted = self.text.ends_with(|c: char| c.is_ascii_digit()) && self.text.contains('.');
            if !(dotted && step == ".0") {
                self.push(step);
            }
        }
    }

    /// `constant` leaves out everything that needs a scope.
    fn quoted(&mut self, constant: bool) {
        self.push("\"");
        for _ in 0..self.random.below(6) {
            let part = self.random.pick(PLAIN);
            self.push(part);
            if self.random.below(3) == 0 {
                self.sequence(constant);
            }
        }
        // `$` before `{` of nothing at all is fine, `$"` is too.
        self.push("\"");
    }

    fn sequence(&mut self, constant: bool) {
        if self.text.ends_with(['$', '%']) {
            self.push(" ");
        }
        let (trim_start, trim_end) = (["", "~"][self.random.below(2)], ["", "~"][self.random.below(2)]);
        self.depth += 1;
        match self.random.below(if self.depth > 5 { 1 } else { 4 }) {
            0 | 1 => {
                self.text.push_str(&format!("${{{trim_start} "));
                if constant {
                    self.push("\"v\"");
                } else {
                    self.freely(true, Self::expression);
                }
                self.text.push_str(&format!(" {trim_end}}}"));
            }
            2 => {
                let condition = if constant { ["true", "false"][self.random.below(2)] } else { "a.b" };
                self.text.push_str(&format!("%{{{trim_start} if {condition} {trim_end}}} y "));
                self.inner_part(constant);
                if self.random.below(2) == 0 {
                    self.text.push_str(&format!("%{{{trim_end} else {trim_start}}} n "));
                    self.inner_part(constant);
                }
                self.push(" %{ endif }");
            }
            _ => {
                self.text.push_str(&format!("%{{{trim_start} for w in [\"p\", \"q\"] {trim_end}}} i "));
                self.inner_part(constant);
                self.text.push_str(&format!(" %{{{trim_end} endfor {trim_start}}}"));
            }
        }
        self.depth -= 1;
    }

    fn inner_part(&mut self, constant: bool) {
        if self.random.below(2) == 0 {
            self.sequence(constant);
        }
    }

    fn heredoc(&mut self, constant: bool) {
        let flush = self.random.below(3) > 0;
        let end = ["\n", "\n", "\r\n"][self.random.below(3)];
        let margin = self.random.below(4);
        self.push(if flush { "<<-E" } else { "<<E" });
        self.push(end);
        for _ in 0..self.random.below(7) {
            if flush && self.random.below(8) > 0 {
                self.push(&"  ".repeat(margin));
            }
            for _ in 0..=self.random.below(2) {
                let line = self.random.pick(LINES);
                self.push(line);
                if self.random.below(4) == 0 {
                    self.sequence(constant);
                }
            }
            self.push(end);
        }
        let before = self.random.pick(&["", "  ", "\t"]);
        self.push(before);
        self.push("E");
    }
}

/// Pieces that mean something, for damage.
const PIECES: &[&str] = &[
    "\"", "{", "}", "[", "]", "(", ")", "\n", "\r\n", "=", "==", "=>", ",", ":", "::", ".", "...", "*", "?", "-", "!",
    "${", "%{", "~}", "${~", "$${", "$", "%", "\\", "<<E\n", "<<-E\n", "\nE\n", "E", "#", "//", "/*", "*/", " ", "\t",
    "for ", " in ", " if ", "else", "endif", "endfor", "a", "1", "1.5", "0", "e5", "true", "'", ";", "&", "|", "~",
    "é", "\u{feff}", "\0", "\u{a0}", "a = 1\n", "a {\n", "}\n", "\\u00e9", "\\ud800", "&&", "||", "<", "~",
];

/// `base` with a few random edits.
pub(crate) fn damage(base: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut text = base.to_vec();
    for _ in 0..=random.below(3) {
        let at = boundary(&text, random.below(text.len() + 1));
        let to = boundary(&text, (at + random.below(6)).min(text.len()));
        match random.below(8) {
            0 | 1 => drop(text.splice(at..at, random.pick(PIECES).bytes())),
            2 | 3 => drop(text.drain(at..to)),
            4 => drop(text.splice(at..to, random.pick(PIECES).bytes())),
            5 => {
                let copy = text[at..to].to_vec();
                text.splice(at..at, copy);
            }
            6 => text.truncate(at),
            _ => {
                text.truncate(at);
                text.extend(&other[boundary(other, random.below(other.len() + 1))..]);
            }
        }
    }
    text
}

/// The next offset that does not cut a character: encodings are a matter of their own.
fn boundary(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && text[at] & 0xc0 == 0x80 {
        at += 1;
    }
    at
}
