//! The values of a rule file: texts, durations, limits, labels and annotations. The second half of the [`Reader`].

use super::dialect::Dialect;
use super::duration::Duration;
use super::names::is_label_name;
use super::reader::{Fields, Reader};
use super::rule_file::{Field, Pair, Text};
use super::violation::{Violation, ViolationKind};
use crate::source::Span;
use crate::syntax::yaml::{Entry, Node, Plain, ScalarMap, foreign_hole, template_hole};

impl Reader<'_> {
    /// A text that must not be empty. An empty one counts as absent.
    pub(super) fn required(&mut self, fields: &mut Fields<'_>, key: &'static str, entry: Entry<'_>) -> Option<Text> {
        let text = self.text(key, entry);
        if text.is_none() || !entry.value.is_complete() {
            fields.meant.push(key);
        }
        text.filter(|text| !text.value.is_empty())
    }

    /// The text of `entry`; null is the empty text.
    fn text(&mut self, what: &str, entry: Entry<'_>) -> Option<Text> {
        let key = self.place(entry.key.place());
        let text = self.make_text(key, entry.value);
        if text.is_none() && entry.value.is_complete() {
            let span = entry.value.span();
            if let Some(hole) = template_hole(span.slice(self.source)).filter(|hole| hole.start == 0) {
                // `{{ .Values.x }}` without quotes is a mapping in a mapping.
                let hole = self.place(Span::new(span.start, span.start + hole.end));
                self.hole.get_or_insert(hole);
                return None;
            }
            let message = format!("`{what}` must be text, not {}", entry.value.describe());
            let violation = Violation::new(ViolationKind::WrongType, self.place(entry.value.place()), message);
            let is_template = span.slice(self.source).starts_with(b"{{");
            self.report(if is_template {
                violation.help("put quotes around a value that starts with `{{`")
            } else {
                violation
            });
        }
        text
    }

    fn make_text(&self, key: Span, node: Node<'_>) -> Option<Text> {
        let scalar = node.scalar()?;
        let (value, map) = if node.is_null() {
            (String::new(), ScalarMap::verbatim(scalar.span.start, 0))
        } else {
            (scalar.value.to_string(), ScalarMap::new(self.source, scalar))
        };
        let map = match self.outer {
            Some(outer) => map.within(outer),
            None => map,
        };
        Some(Text { key, value, span: self.place(scalar.span), style: scalar.style, map })
    }

    pub(super) fn duration(&mut self, what: &str, entry: Entry<'_>) -> Option<Field<Option<Duration>>> {
        if entry.value.is_null() {
            return None;
        }
        let text = self.text(what, entry)?;
        let value = Duration::parse(&text.value);
        if text.value.contains("{{") {
            self.hole.get_or_insert(text.span);
        }
        // A hole of `templatefile` may hold any duration, and the rest of the file is a rule file all the same.
        let is_filled_in = text.value.contains("${");
        // vmalert reads fractions and other units, too.
        if let Err(error) = value
            && self.dialect != Dialect::VictoriaMetrics
            && !is_filled_in
        {
            let message = format!("`{}` is not a duration: {error}", text.value);
            let help = "write it like `30s`, `5m`, `1h30m` or `2d`";
            self.report(Violation::new(ViolationKind::Duration, text.span, message).help(help));
        }
        Some(Field { key: text.key, span: text.span, value: value.ok() })
    }

    pub(super) fn limit(&mut self, entry: Entry<'_>) -> Option<Field<Option<i64>>> {
        let value = match entry.value.plain() {
            Some(Plain::Null) => return None,
            Some(Plain::Int(int)) => Some(int),
            // `yaml.v3` cuts fractions off.
            #[expect(clippy::cast_possible_truncation, reason = "as Go does")]
            Some(Plain::Float(float)) if float < 9_223_372_036_854_775_807.0 => Some(float as i64),
            _ => None,
        };
        let span = self.place(entry.value.place());
        let is_filled_in = entry.value.text().is_some_and(|text| text.contains("${"));
        if value.is_none() && entry.value.is_complete() && !is_filled_in {
            let message = format!("`limit` must be a whole number, not {}", entry.value.describe());
            self.report(Violation::new(ViolationKind::WrongType, span, message));
        }
        Some(Field { key: self.place(entry.key.place()), span, value })
    }

    /// Labels or annotations.
    pub(super) fn pairs(&mut self, what: &str, entry: Entry<'_>) -> Vec<Pair> {
        let node = entry.value;
        if node.is_null() || !self.is_mapping(node, format_args!("`{what}s`")) {
            return Vec::new();
        }
        self.check_merges(node);
        let mut pairs = Vec::with_capacity(node.entries().len());
        for entry in node.fields() {
            let key = self.place(entry.key.place());
            if entry.key.is_null() {
                continue;
            }
            let Some(name) = self.make_text(key, entry.key) else {
                let message = format!("the name of a {what} must be text, not {}", entry.key.describe());
                self.report(Violation::new(ViolationKind::WrongType, key, message));
                continue;
            };
            self.check_name(what, &name);
            if let Some(value) = self.text(&name.value, entry) {
                if let Some(hole) = foreign_hole(&value.value) {
                    self.hole.get_or_insert(value.map.place(hole));
                }
                pairs.push(Pair { name, value });
            }
        }
        pairs
    }

    fn check_name(&mut self, what: &str, name: &Text) {
        let help = if what == "label" && name.value == "__name__" {
            "`__name__` is the metric name: a rule sets it with `record`"
        } else if is_label_name(&name.value, self.names) {
            return;
        } else if name.value.is_empty() {
            "a name is not empty"
        } else {
            "a name has letters, digits and `_`, and does not start with a digit"
        };
        let message = format!("`{}` is not allowed as the name of a {what}", name.value);
        self.report(Violation::new(ViolationKind::Name, name.span, message).help(help));
    }
}
