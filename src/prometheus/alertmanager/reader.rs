//! From YAML to [`AlertmanagerFile`], also out of ConfigMaps and other YAML that holds the configuration as a text.

use super::matcher::{AlertMatcher, MatcherKind};
use super::{AlertmanagerFile, InhibitRule, Route};
use crate::diagnostic::{FileId, Location};
use crate::prometheus::holes::Masked;
use crate::source::Span;
use crate::syntax::yaml::{self, Node, ScalarMap};

/// How deep routes are followed.
const MAX_DEPTH: u8 = 64;

/// Whether `source` can be about Alertmanager, judged by a few words in its bytes.
#[must_use]
pub fn might_configure_alertmanager(source: &[u8]) -> bool {
    ["route", "receiver"].iter().all(|word| memchr::memmem::find(source, word.as_bytes()).is_some())
}

/// Reads `file`. Nothing if it is no configuration of Alertmanager.
#[must_use]
pub fn read(file: FileId, source: &[u8]) -> Option<AlertmanagerFile> {
    if !might_configure_alertmanager(source) {
        return None;
    }
    let masked = Masked::new(source);
    let found = AlertmanagerFile { file, routes: Vec::new(), inhibit_rules: Vec::new() };
    let mut reader = Reader { masked: &masked, found, is_found: false };
    let stream = yaml::parse(&masked.text);
    for document in stream.documents() {
        let root = document.root(&stream);
        if is_configuration(root) {
            reader.configuration(root, Scope { text: &masked.text, outer: None });
        } else {
            reader.look_inside(root, &masked.text, 0);
        }
    }
    reader.is_found.then_some(reader.found)
}

/// Grafana's contact points have routes and receivers, too, but not both at the top.
fn is_configuration(root: Node<'_>) -> bool {
    let route = root.get("route").is_some_and(|route| route.get("receiver").is_some());
    route && root.get("receivers").is_some_and(Node::is_sequence)
}

/// A text that is being read: the file, or a value in it.
#[derive(Clone, Copy)]
struct Scope<'s> {
    text: &'s [u8],
    outer: Option<&'s ScalarMap>,
}

struct Reader<'r> {
    masked: &'r Masked,
    found: AlertmanagerFile,
    is_found: bool,
}

impl Reader<'_> {
    fn look_inside(&mut self, node: Node<'_>, text: &[u8], level: u8) {
        if let Some(scalar) = node.scalar() {
            let value = scalar.value.as_bytes();
            if value.contains(&b'\n') && might_configure_alertmanager(value) {
                let map = ScalarMap::new(text, scalar);
                let stream = yaml::parse(value);
                for document in stream.documents().iter().filter(|document| is_configuration(document.root(&stream))) {
                    self.configuration(document.root(&stream), Scope { text: value, outer: Some(&map) });
                }
            }
        } else if level > 0 && is_configuration(node) {
            self.configuration(node, Scope { text, outer: None });
        } else if level < 32 && node.alias().is_none() {
            let values = node.entries().map(|entry| entry.value);
            for inner in node.items().chain(values) {
                self.look_inside(inner, text, level + 1);
            }
        }
    }

    fn configuration(&mut self, root: Node<'_>, scope: Scope<'_>) {
        self.is_found = true;
        if let Some(route) = root.get("route") {
            self.routes(route, scope, 0);
        }
        for rule in root.get("inhibit_rules").iter().flat_map(|rules| rules.items()) {
            let equal = rule.get("equal");
            let equal = equal.iter().flat_map(|list| list.items()).filter_map(Node::text);
            let rule = InhibitRule {
                source: self.matchers(rule, scope, "source_match", "source_match_re", "source_matchers"),
                target: self.matchers(rule, scope, "target_match", "target_match_re", "target_matchers"),
                equal: equal.map(str::to_owned).collect(),
                place: self.place(rule.span(), scope),
            };
            self.found.inhibit_rules.push(rule);
        }
    }

    fn routes(&mut self, route: Node<'_>, scope: Scope<'_>, depth: u8) {
        for route in route.get("routes").iter().flat_map(|routes| routes.items()) {
            let matchers = self.matchers(route, scope, "match", "match_re", "matchers");
            let place = self.place(route.span(), scope);
            self.found.routes.push(Route { matchers, place });
            if depth < MAX_DEPTH {
                self.routes(route, scope, depth + 1);
            }
        }
    }

    /// The matchers of a route or of one side of an inhibit rule, in both syntaxes.
    fn matchers(&self, node: Node<'_>, scope: Scope<'_>, equal: &str, regex: &str, list: &str) -> Vec<AlertMatcher> {
        let mut matchers = Vec::new();
        for (key, kind) in [(equal, MatcherKind::Equal), (regex, MatcherKind::Matches)] {
            for entry in node.get(key).map_or_else(Vec::new, Node::fields) {
                let place = self.place(entry.key.span().to(entry.value.span()), scope);
                let Some(label) = entry.key.text().filter(|_| !self.has_hole(entry.key.span(), scope)) else {
                    continue;
                };
                let value = entry.value.text().filter(|_| !self.has_hole(entry.value.span(), scope));
                matchers.push(AlertMatcher::new(label.to_owned(), kind, value.map(str::to_owned), place));
            }
        }
        let Some(written) = node.get(list) else { return matchers };
        // One text is as good as a list of one.
        let texts = written.items().chain(written.scalar().map(|_| written));
        for item in texts {
            let Some(scalar) = item.scalar() else { continue };
            if self.is_hole(item.span(), scope) {
                continue;
            }
            let map = ScalarMap::new(scope.text, scalar);
            for part in parts(&scalar.value) {
                let span = if map.is_exact() { map.place(part.span) } else { item.span() };
                let place = self.place(span, scope);
                let value = part.value.filter(|_| !self.masked.has_hole(place.span));
                matchers.push(AlertMatcher::new(part.label, part.kind, value, place));
            }
        }
        matchers
    }

    fn place(&self, span: Span, scope: Scope<'_>) -> Location {
        Location::new(self.found.file, scope.outer.map_or(span, |outer| outer.place(span)))
    }

    fn has_hole(&self, span: Span, scope: Scope<'_>) -> bool {
        self.masked.has_hole(self.place(span, scope).span)
    }

    fn is_hole(&self, span: Span, scope: Scope<'_>) -> bool {
        self.masked.is_hole(self.place(span, scope).span)
    }
}

/// A matcher as written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) label: String,
    pub(super) kind: MatcherKind,
    /// Nothing where it could not be read.
    pub(super) value: Option<String>,
    /// In bytes of the text.
    pub(super) span: Span,
}

/// The matchers in a text such as `severity="critical"` or `{severity="critical", team=~"a|b"}`. What cannot be read is
/// left out: Alertmanager refuses it.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut quote = false;
    let mut is_escaped = false;
    for (at, letter) in text.char_indices().chain([(text.len(), ',')]) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if quote => is_escaped = true,
            '"' => quote = !quote,
            ',' if !quote || at == text.len() => {
                parts.extend(part(text, start, at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts
}

fn part(text: &str, start: usize, end: usize) -> Option<Part> {
    let is_edge = |letter: char| letter.is_whitespace() || matches!(letter, '{' | '}');
    let written = text.get(start..end)?;
    let front = written.len() - written.trim_start_matches(is_edge).len();
    // A closing brace may be the end of an unquoted regular expression such as `a{2}`.
    let opened = text.trim_start().starts_with('{');
    let trimmed = written[front..].trim_end();
    let trimmed =
        if opened && end == text.len() { trimmed.strip_suffix('}').unwrap_or(trimmed).trim_end() } else { trimmed };
    let at = trimmed.find(['=', '!'])?;
    let (kind, length) = match trimmed.get(at..at + 2)? {
        "=~" => (MatcherKind::Matches, 2),
        "!~" => (MatcherKind::MatchesNot, 2),
        "!=" => (MatcherKind::NotEqual, 2),
        _ if trimmed[at..].starts_with('=') => (MatcherKind::Equal, 1),
        _ => return None,
    };
    let label = trimmed[..at].trim().trim_matches('"').to_owned();
    let value = trimmed[at + length..].trim();
    let first = start + front;
    Some(Part { label, kind, value: unquote(value), span: Span::from(first..first + trimmed.len()) })
}

/// The value without its quotes and escapes; nothing where the quotes do not fit.
fn unquote(value: &str) -> Option<String> {
    let Some(inner) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return (!value.contains('"')).then(|| value.to_owned());
    };
    let mut text = String::new();
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match letters.next()? {
            'n' => text.push('\n'),
            escaped @ ('"' | '\\') => text.push(escaped),
            other => text.extend(['\\', other]),
        }
    }
    Some(text)
}
