//! Random calls: each function with arguments that it mostly accepts, and now and then with others.

use std::fmt;

use crate::common::mutation::Mutator;

/// A call as text.
#[derive(Clone)]
pub struct Call {
    pub name: &'static str,
    pub arguments: Vec<String>,
    /// How many of the last arguments stand in a list before `...`.
    pub expanded: usize,
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (fixed, last) = self.arguments.split_at(self.arguments.len() - self.expanded);
        let mut parts = fixed.to_vec();
        if self.expanded > 0 {
            parts.push(format!("[{}]...", last.join(", ")));
        }
        write!(formatter, "{}({})", self.name, parts.join(", "))
    }
}

/// What an argument is.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Word,
    Number,
    Natural,
    Bool,
    Any,
    List,
    Texts,
    Numbers,
    Bools,
    Sets,
    Map,
    TextLists,
    Lists,
    Pattern,
    Replacement,
    Format,
    Network,
    Bits,
    Time,
    Duration,
    DateFormat,
    Json,
    Yaml,
    Table,
    Base64,
    Encoding,
    Path,
    Namespace,
    Cutset,
}

use Kind::*;

/// Each function with its parameters; the last one repeats up to the number at the end.
const SIGNATURES: &[(&str, &[Kind], usize)] = &[
    ("abs", &[Number], 0),
    ("ceil", &[Number], 0),
    ("floor", &[Number], 0),
    ("signum", &[Number], 0),
    ("pow", &[Number, Natural], 0),
    ("log", &[Natural, Natural], 0),
    ("max", &[Number], 3),
    ("min", &[Number], 3),
    ("parseint", &[Word, Natural], 0),
    ("upper", &[Text], 0),
    ("lower", &[Text], 0),
    ("title", &[Text], 0),
    ("strrev", &[Text], 0),
    ("trimspace", &[Text], 0),
    ("chomp", &[Text], 0),
    ("trim", &[Text, Cutset], 0),
    ("trimprefix", &[Text, Word], 0),
    ("trimsuffix", &[Text, Word], 0),
    ("indent", &[Natural, Text], 0),
    ("substr", &[Text, Number, Number], 0),
    ("join", &[Word, Texts], 2),
    ("split", &[Cutset, Text], 0),
    ("startswith", &[Text, Word], 0),
    ("endswith", &[Text, Word], 0),
    ("strcontains", &[Text, Word], 0),
    ("regex", &[Pattern, Text], 0),
    ("regexall", &[Pattern, Text], 0),
    ("replace", &[Text, Word, Word], 0),
    ("replace", &[Text, Cutset, Word], 0),
    ("replace", &[Text, Replacement, Word], 0),
    ("format", &[Format, Any], 3),
    ("formatlist", &[Format, Texts], 2),
    ("length", &[List], 0),
    ("length", &[Text], 0),
    ("length", &[Map], 0),
    ("contains", &[List, Any], 0),
    ("contains", &[Texts, Word], 0),
    ("element", &[List, Natural], 0),
    ("index", &[Texts, Word], 0),
    ("one", &[List], 0),
    ("coalesce", &[Text], 3),
    ("coalesce", &[Any], 3),
    ("coalescelist", &[List], 3),
    ("sum", &[Numbers], 0),
    ("alltrue", &[Bools], 0),
    ("anytrue", &[Bools], 0),
    ("concat", &[List], 3),
    ("concat", &[Texts], 3),
    ("flatten", &[Lists], 0),
    ("reverse", &[List], 0),
    ("slice", &[List, Natural, Natural], 0),
    ("sort", &[Texts], 0),
    ("distinct", &[List], 0),
    ("distinct", &[Texts], 0),
    ("compact", &[Texts], 0),
    ("chunklist", &[Texts, Natural], 0),
    ("range", &[Number], 3),
    ("matchkeys", &[Texts, Texts, Texts], 0),
    ("keys", &[Map], 0),
    ("values", &[Map], 0),
    ("lookup", &[Map, Word, Word], 0),
    ("merge", &[Map], 3),
    ("zipmap", &[Texts, List], 0),
    ("transpose", &[TextLists], 0),
    ("setunion", &[Sets], 3),
    ("setintersection", &[Sets], 3),
    ("setsubtract", &[Sets, Sets], 0),
    ("setproduct", &[Sets, Texts], 2),
    ("tobool", &[Bool], 0),
    ("tonumber", &[Word], 0),
    ("tostring", &[Any], 0),
    ("tolist", &[List], 0),
    ("toset", &[List], 0),
    ("tomap", &[Map], 0),
    ("sensitive", &[Any], 0),
    ("nonsensitive", &[Any], 0),
    ("ephemeralasnull", &[Any], 0),
    ("base64encode", &[Text], 0),
    ("base64decode", &[Base64], 0),
    ("urlencode", &[Text], 0),
    ("textencodebase64", &[Text, Encoding], 0),
    ("textdecodebase64", &[Base64, Encoding], 0),
    ("jsonencode", &[Any], 0),
    ("jsondecode", &[Json], 0),
    ("yamlencode", &[Any], 0),
    ("yamldecode", &[Yaml], 0),
    ("csvdecode", &[Table], 0),
    ("md5", &[Text], 0),
    ("sha1", &[Text], 0),
    ("sha256", &[Text], 0),
    ("sha512", &[Text], 0),
    ("base64sha256", &[Text], 0),
    ("base64sha512", &[Text], 0),
    ("uuidv5", &[Namespace, Text], 0),
    ("basename", &[Path], 0),
    ("dirname", &[Path], 0),
    ("pathexpand", &[Path], 0),
    ("cidrhost", &[Network, Number], 0),
    ("cidrnetmask", &[Network], 0),
    ("cidrsubnet", &[Network, Bits, Natural], 0),
    ("cidrsubnets", &[Network, Bits], 3),
    ("timeadd", &[Time, Duration], 0),
    ("timecmp", &[Time, Time], 0),
    ("formatdate", &[DateFormat, Time], 0),
];

/// The functions that are called.
pub fn functions() -> Vec<&'static str> {
    let mut names: Vec<&str> = SIGNATURES.iter().map(|(name, _, _)| *name).collect();
    names.dedup();
    names
}

const TEXTS: &[&str] = &[
    "",
    "a",
    "hello",
    "Hello World",
    "  padded \\n",
    "a,b,c",
    "x/y/z",
    "10G",
    "vm-101",
    "https://pve:8006/api",
    "äöü€",
    "foo-bar_baz",
    "<&>\\\"q\\\"",
    "line\\nline\\n",
    "aaa",
    "ünïcode",
    "CamelCase",
    "192.168.1.1/24",
    "true",
    "12",
    "-7.5",
];
const WORDS: &[&str] =
    &["", "a", "b", "l", "he", "hello", "https://", "-", "/", "G", "x", "12", "ff", "1e2", "vm-", "api"];
const NUMBERS: &[&str] = &["0", "1", "2", "3", "5", "10", "-1", "-3", "0.5", "2.5", "-1.5", "100", "\"4\"", "1e3", "7"];
const NATURALS: &[&str] = &["0", "1", "2", "3", "4", "8", "10", "16", "36", "5.5", "-1"];
const PATTERNS: &[&str] = &[
    "[a-z]+",
    "^[a-z]",
    "l+",
    "(\\\\d+)",
    "(?P<n>[0-9]+)(?P<u>[A-Z])",
    "^$",
    "x*",
    "(a)|(b)",
    "\\\\w+",
    "[^/]+$",
    "(?i)HELLO",
    "\\\\s",
    "^(https?)://([^:/]+)",
    ".",
    "(",
    "[0-9]+(\\\\.[0-9]+)?",
];
const FORMATS: &[&str] = &[
    "%s",
    "%v",
    "%d",
    "%s-%s",
    "%05d",
    "%.2f",
    "%q",
    "x",
    "%t",
    "%-5s|",
    "%s %v %s",
    "%x",
    "%g",
    "%e",
    "%#v",
    "%5.1f",
    "%+d",
    "%[2]s%[1]s",
    "%%%s",
    "%03s",
];
const NETWORKS: &[&str] = &[
    "10.0.0.0/8",
    "192.168.1.5/24",
    "0.0.0.0/0",
    "10.0.0.1/32",
    "fd00::/48",
    "2001:db8::1/64",
    "10.0.0.0/30",
    "bad",
    "1.2.3.4",
];
const TIMES: &[&str] = &[
    "2020-02-29T12:30:45Z",
    "1999-12-31T23:59:59+02:00",
    "2024-01-01T00:00:00-11:30",
    "2021-06-15T08:09:10.5Z",
    "2020-02-30T00:00:00Z",
    "yesterday",
    "0000-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "2100-03-01T00:00:00Z",
];
const DURATIONS: &[&str] = &["1h", "-90m", "1h30m10s", "0", "1.5h", "36h", "100ms", "876000h", "-876000h", "1d", "2us"];
const DATE_FORMATS: &[&str] = &[
    "YYYY-MM-DD",
    "EEEE, D MMMM YY",
    "hh:mm:ss ZZZZZ",
    "H:mm AA",
    "EEE MMM D h:m:s Z",
    "'at' hh'h'",
    "YYY",
    "DDZZZ",
    "x",
];
const JSON: &[&str] = &[
    "{\\\"a\\\":[1,2.5,null,true],\\\"b\\\":{}}",
    "[]",
    "\\\"x\\\\u00e9\\\"",
    "1e3",
    "{",
    "null",
    "[1,]",
    " {\\\"z\\\":1,\\\"a\\\":2} ",
    "\\\"a\\\\nb\\\"",
    "-0.0",
    "tru",
];
const YAML: &[&str] = &[
    "a: 1\\nb: [x, 2.5]\\n",
    "- a\\n- b: c\\n",
    "x",
    "a: {b: true, c: null}",
    "key: \\\"quoted\\\"\\n",
    "a: |\\n  text\\n  more\\n",
    "5",
    "a: yes",
    "list:\\n- 1\\n- two\\n",
];
const TABLES: &[&str] =
    &["a,b\\n1,2\\n", "a\\n", "x,y\\n\\\"q,r\\\",s\\nt,u", "a,b\\n1\\n", "a,a\\n1,2", "n\\n1\\n2\\n3"];
const BASE64: &[&str] = &["aGVsbG8=", "", "YQ==", "YWI", "/w==", "w6TDtsO8", "aABpAA=="];
const PATHS: &[&str] = &["", "a", "a/b.txt", "/etc/hosts", "./x/../y", "a//b/", "/", "~x", "..", "dir.d/file"];

/// A source of calls.
pub struct Calls {
    random: Mutator,
    next: usize,
}

impl Calls {
    pub fn new(seed: u64) -> Self {
        Self { random: Mutator::new(seed), next: 0 }
    }

    /// The next call; functions take turns.
    pub fn next_call(&mut self) -> Call {
        let (name, parameters, more) = SIGNATURES[self.next % SIGNATURES.len()];
        self.next += 1;
        let mut arguments: Vec<String> = parameters.iter().map(|kind| self.argument(*kind)).collect();
        for _ in 0..self.random.below(more + 1) {
            arguments.push(self.argument(parameters[parameters.len() - 1]));
        }
        let expanded = if more > 0 && self.random.below(5) == 0 { self.random.below(arguments.len()) + 1 } else { 0 };
        let expanded = expanded.min(arguments.len() - (parameters.len() - 1));
        Call { name, arguments, expanded }
    }

    fn argument(&mut self, kind: Kind) -> String {
        // Something that the function may not take.
        if self.random.below(40) == 0 {
            return self.random.pick(&["tostring(null)", "[]", "{}", "\"\"", "true", "1", "tolist([])"]).to_owned();
        }
        match kind {
            Text => self.quoted(TEXTS),
            Word => self.quoted(WORDS),
            Cutset => self.quoted(&[",", "/", "-", "l", " ", "a", "he", "\\n", "ab"]),
            Number => self.random.pick(NUMBERS).to_owned(),
            Natural => self.random.pick(NATURALS).to_owned(),
            Bits => self.random.pick(&["1", "2", "4", "8", "16", "0", "33"]).to_owned(),
            Bool => self.random.pick(&["true", "false", "\"true\"", "\"1\"", "\"x\"", "null"]).to_owned(),
            Pattern => self.quoted(PATTERNS),
            Replacement => self.quoted(&["/l+/", "/[aeiou]/", "/(x)/", "/^/", "/\\\\s+/"]),
            Format => self.quoted(FORMATS),
            Network => self.quoted(NETWORKS),
            Time => self.quoted(TIMES),
            Duration => self.quoted(DURATIONS),
            DateFormat => self.quoted(DATE_FORMATS),
            Json => self.quoted(JSON),
            Yaml => self.quoted(YAML),
            Table => self.quoted(TABLES),
            Base64 => self.quoted(BASE64),
            Encoding => self.quoted(&["UTF-8", "UTF-16LE", "UTF-16BE", "ISO-8859-1"]),
            Path => self.quoted(PATHS),
            Namespace => self.quoted(&["dns", "url", "oid", "x500", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "nil"]),
            Any => match self.random.below(7) {
                0 => self.argument(List),
                1 => self.argument(Map),
                2 => self.argument(Bool),
                3 => self.argument(Number),
                _ => self.argument(Text),
            },
            Texts => self.list(Word),
            Numbers => self.list(Number),
            Bools => {
                let elements: Vec<&str> = (0..self.random.below(4))
                    .map(|_| self.random.pick(&["true", "false", "\"true\"", "null"]))
                    .collect();
                format!("[{}]", elements.join(", "))
            }
            List => match self.random.below(6) {
                0 => self.list(Number),
                1 => self.list(Any),
                2 => format!("tolist({})", self.list(Word)),
                3 => format!("toset({})", self.list(Word)),
                _ => self.list(Word),
            },
            Sets => match self.random.below(3) {
                0 => self.list(Word),
                1 => format!("toset({})", self.list(Number)),
                _ => format!("toset({})", self.list(Word)),
            },
            Lists => {
                let elements: Vec<String> = (0..self.random.below(4))
                    .map(|_| if self.random.below(3) == 0 { self.argument(Any) } else { self.argument(List) })
                    .collect();
                format!("[{}]", elements.join(", "))
            }
            Map => {
                let element = [Word, Number, Any][self.random.below(3)];
                let map = self.map(element);
                if self.random.below(3) == 0 && !matches!(element, Any) { format!("tomap({map})") } else { map }
            }
            TextLists => self.map(Texts),
        }
    }

    fn quoted(&mut self, texts: &[&str]) -> String {
        format!("\"{}\"", self.random.pick(texts))
    }

    fn list(&mut self, kind: Kind) -> String {
        let mut elements: Vec<String> = Vec::new();
        for _ in 0..self.random.below(5) {
            elements.push(if self.random.below(15) == 0 { "null".to_owned() } else { self.argument(kind) });
        }
        format!("[{}]", elements.join(", "))
    }

    fn map(&mut self, kind: Kind) -> String {
        let mut names = vec!["a", "b", "c", "\"x-y\"", "vm"];
        names.truncate(self.random.below(6));
        let entries: Vec<String> = names.into_iter().map(|name| format!("{name} = {}", self.argument(kind))).collect();
        format!("{{{}}}", entries.join(", "))
    }
}
