//! Finds rules in a file by its content: a rule file, a `PrometheusRule` or another manifest with `spec.groups`, a
//! `ConfigMap` that holds rule files, lists of these.

use memchr::memmem;

use super::dialect::{Dialect, Level, owner};
use super::names::NameScheme;
use super::reader::Reader;
use super::rule_file::{Origin, RuleFile};
use crate::source::Span;
use crate::syntax::yaml::{self, Comment, Document, Node, ScalarMap, Stream};

/// What a file is.
#[derive(Clone, Debug)]
pub enum Content {
    /// Nothing about rules.
    Other,
    /// A template that makes a rule file. The span is a hole of it.
    Template(Span),
    /// Rules.
    Rules(RuleFile),
}

/// How to read a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadOptions {
    /// Take the file for a rule file whatever it looks like: something says that Prometheus loads it.
    pub assume_rules: bool,
    /// The rule for names of labels and metrics.
    pub names: NameScheme,
}

/// Whether `source` can hold rules at all, judged by a few words in its bytes. Costs a fraction of parsing.
#[must_use]
pub fn might_hold_rules(source: &[u8]) -> bool {
    let holds = |word: &str| memmem::find(source, word.as_bytes()).is_some();
    holds("groups") && holds("rules") && (holds("expr") || holds("alert") || holds("record") || source.len() < 4096)
}

/// Reads a file with the newest rules of Prometheus.
#[must_use]
pub fn read(source: &[u8]) -> Content {
    read_with(source, ReadOptions::default())
}

/// Reads a file.
#[must_use]
pub fn read_with(source: &[u8], options: ReadOptions) -> Content {
    if !options.assume_rules && !might_hold_rules(source) {
        return Content::Other;
    }
    let stream = yaml::parse(source);
    let is_manifest = stream.documents().iter().any(|document| is_manifest(document.root(&stream)));
    let judged = if is_manifest { stream.documents() } else { stream.documents().get(..1).unwrap_or_default() };
    if judged.iter().any(|document| !document.complete)
        && let Some(hole) = stream.template_hole()
    {
        let is_about_rules = options.assume_rules || has_rule_lines(source);
        return if is_about_rules { Content::Template(hole) } else { Content::Other };
    }
    let mut finder = Finder { options, file: RuleFile::default(), hole: None };
    if is_manifest {
        for document in stream.documents() {
            finder.manifests(&stream, document);
        }
    } else {
        finder.plain(&stream, None, &Origin::File);
    }
    if let Some(hole) = finder.hole {
        return Content::Template(hole);
    }
    let mut file = finder.file;
    if file.sets.is_empty() && !options.assume_rules {
        return Content::Other;
    }
    file.comments.extend(stream.comments());
    file.comments.sort_by_key(|comment| comment.span);
    file.violations.sort_by_key(|violation| violation.span);
    // What stands behind an anchor is read wherever it is used.
    file.violations.dedup_by(|one, two| one.span == two.span && one.message == two.message);
    Content::Rules(file)
}

struct Finder {
    options: ReadOptions,
    file: RuleFile,
    /// A sign that the file is a template although it is YAML.
    hole: Option<Span>,
}

impl Finder {
    /// Reads `stream` as a rule file: its first document counts. `vmalert` and `mimirtool` (whose files name their
    /// `namespace`) read all documents.
    fn plain(&mut self, stream: &Stream<'_>, outer: Option<&ScalarMap>, origin: &Origin) {
        let looks_right = stream.documents().iter().any(|document| holds_rules(document.root(stream)))
            || stream.documents().first().is_some_and(|first| !first.complete) && has_rule_lines(stream.source());
        let assumed = self.options.assume_rules && outer.is_none();
        let Some((first, further)) = stream.documents().split_first().filter(|_| looks_right || assumed) else {
            return;
        };
        let mut reader = Reader::new(stream.source(), outer, self.options.names);
        let mut set = reader.set(first.root(stream), origin.clone(), None);
        set.complete = first.complete;
        let reads_all = set.dialect == Dialect::VictoriaMetrics || first.root(stream).get("namespace").is_some();
        self.file.sets.push(set);
        self.take_errors(first, &reader);
        for document in further.iter().filter(|document| !document.complete || !document.root(stream).is_null()) {
            if reads_all {
                let mut set = reader.set(document.root(stream), origin.clone(), None);
                set.complete = document.complete;
                self.file.sets.push(set);
                self.take_errors(document, &reader);
            } else {
                self.file.ignored.push(reader.place(document.span));
            }
        }
        self.take_findings(reader);
    }

    fn take_findings(&mut self, mut reader: Reader<'_>) {
        self.file.violations.append(&mut reader.violations);
        self.hole = self.hole.or(reader.hole);
    }

    fn take_errors(&mut self, document: &Document, reader: &Reader<'_>) {
        let errors = document.errors.iter().cloned().map(|mut error| {
            error.span = reader.place(error.span);
            error.related = error.related.map(|(span, message)| (reader.place(span), message));
            error
        });
        self.file.syntax_errors.extend(errors);
    }

    /// Reads the Kubernetes objects of one document.
    fn manifests(&mut self, stream: &Stream<'_>, document: &Document) {
        let before = self.file.sets.len();
        self.manifest(stream, document.root(stream));
        if self.file.sets.len() > before {
            self.take_errors(document, &Reader::new(stream.source(), None, self.options.names));
            if let Some(last) = self.file.sets.last_mut() {
                last.complete &= document.complete;
            }
        }
    }

    fn manifest(&mut self, stream: &Stream<'_>, object: Node<'_>) {
        let kind = object.get("kind").and_then(Node::text).unwrap_or_default();
        let name = object.get("metadata").and_then(|metadata| metadata.get("name")).and_then(Node::text);
        let name = name.map(str::to_owned);
        if kind.ends_with("List") {
            for item in object.get("items").iter().flat_map(|items| items.items()) {
                // A list of lists is no Kubernetes object.
                if !item.get("kind").and_then(Node::text).is_some_and(|kind| kind.ends_with("List")) {
                    self.manifest(stream, item);
                }
            }
        } else if kind == "ConfigMap" {
            for entry in object.get("data").iter().flat_map(|data| data.fields()) {
                self.config_map_value(stream, entry, name.clone());
            }
        } else if let Some(spec) = object.get("spec")
            && spec.get("groups").is_some_and(Node::is_sequence)
            && (matches!(kind, "PrometheusRule" | "VMRule") || holds_rules(spec))
        {
            let version = object.get("apiVersion").and_then(Node::text).unwrap_or_default();
            let dialect = match kind {
                "VMRule" => Some(Dialect::VictoriaMetrics),
                _ if version.starts_with("loki.grafana.com/") => Some(Dialect::Loki),
                _ => None,
            };
            let mut reader = Reader::new(stream.source(), None, self.options.names);
            self.file.sets.push(reader.set(spec, Origin::Manifest { kind: kind.to_owned(), name }, dialect));
            self.take_findings(reader);
        }
    }

    fn config_map_value(&mut self, stream: &Stream<'_>, entry: yaml::Entry<'_>, name: Option<String>) {
        let (Some(key), Some(scalar)) = (entry.key.text(), entry.value.scalar()) else { return };
        if !might_hold_rules(scalar.value.as_bytes()) {
            return;
        }
        let inner = yaml::parse(scalar.value.as_bytes());
        if inner.template_hole().is_some() {
            return;
        }
        let outer = ScalarMap::new(stream.source(), scalar);
        let before = self.file.sets.len();
        self.plain(&inner, Some(&outer), &Origin::ConfigMap { name, key: key.to_owned() });
        if self.file.sets.len() > before {
            let comments = inner.comments().iter();
            self.file.comments.extend(comments.map(|comment| Comment { span: outer.place(comment.span), ..*comment }));
        }
    }
}

fn is_manifest(root: Node<'_>) -> bool {
    root.get("kind").is_some_and(|kind| kind.text().is_some()) && root.get("apiVersion").is_some()
}

/// Whether `root.groups` are groups of rules. Grafana's alert files have `groups` and `rules`, too, but other rules, of
/// which some `record` into a mapping. Where there are no rules at all, the other keys tell.
fn holds_rules(root: Node<'_>) -> bool {
    let Some(groups) = root.get("groups") else { return false };
    let rules: Vec<Node<'_>> = groups.items().filter_map(|group| group.get("rules")).collect();
    if rules.iter().any(|rules| rules.items().len() > 0) {
        return rules.iter().any(|rules| rules.items().any(is_rule));
    }
    let is_known = |level: Level, node: Node<'_>| {
        let mut keys = node.entries().map(|entry| entry.key.text().unwrap_or_default());
        keys.all(|key| level.keys().contains(&key) || owner(level, key).is_some())
    };
    !rules.is_empty() && groups.items().all(|group| is_known(Level::Group, group))
}

fn is_rule(node: Node<'_>) -> bool {
    node.entries()
        .any(|entry| matches!(entry.key.text(), Some("alert" | "record" | "expr")) && !entry.value.is_mapping())
}

/// Whether the lines of a text that is no YAML look like those of a rule file.
fn has_rule_lines(source: &[u8]) -> bool {
    let (mut groups, mut rule, mut expr) = (false, false, false);
    for line in source.split(|byte| *byte == b'\n') {
        let text = line.trim_ascii_start();
        let text = text.strip_prefix(b"- ").unwrap_or(text).trim_ascii_start();
        groups |= text.starts_with(b"groups:") || text.starts_with("\u{feff}groups:".as_bytes());
        rule |= text.starts_with(b"alert:") || text.starts_with(b"record:");
        expr |= text.starts_with(b"expr:");
    }
    groups && rule && expr
}
