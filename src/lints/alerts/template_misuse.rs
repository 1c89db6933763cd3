//! See `lints/alerts/template-misuse/README.md`.

use crate::diagnostic::{Diagnostic, Location};
use crate::linter::{Check, Reporter, RuleUnit};
use crate::prometheus::{Language, Text};
use crate::source::Span;
use crate::syntax::promql;
use crate::syntax::template::{Base, Branch, Command, Node, NodeKind, Operand, Pipeline, TemplateFunction};

pub(crate) const CHECK: Check = Check::Rules(check);

fn check(unit: &RuleUnit, out: &mut Reporter<'_>) {
    for view in unit.alerts().filter(|view| view.group.language == Language::PromQl) {
        for (pair, parsed) in view.templates().filter(|(_, parsed)| parsed.errors.is_empty()) {
            let mut judge = Judge { version: unit.version, text: &pair.value.value, misuses: Vec::new() };
            judge.nodes(&parsed.nodes, true);
            for misuse in judge.misuses {
                out.report(finding(unit, out, &pair.value, misuse).subject(view.name()));
            }
        }
    }
}

fn finding(unit: &RuleUnit, out: &Reporter<'_>, text: &Text, misuse: Misuse) -> Diagnostic {
    let place: Location = unit.location(text.map.place(misuse.span));
    out.finding(place, misuse.message).help(misuse.help)
}

/// Something that Prometheus loads, and that fails when it is expanded.
struct Misuse {
    span: Span,
    message: String,
    help: String,
}

/// The type of a value, as far as it is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Unknown,
    Float,
    Int,
    Text,
    Bool,
    Labels,
    /// What `query` gives.
    Samples,
    /// One element of it.
    Sample,
}

impl Type {
    const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "something",
            Self::Float => "a number (float64)",
            Self::Int => "an integer",
            Self::Text => "a text",
            Self::Bool => "a truth value",
            Self::Labels => "a map of labels",
            Self::Samples => "the result of a query",
            Self::Sample => "a sample",
        }
    }
}

/// The fields of the data of a template (`template.AlertTemplateData`).
const FIELDS: [&str; 4] = ["Labels", "ExternalLabels", "ExternalURL", "Value"];

struct Judge<'t> {
    version: promql::Version,
    text: &'t str,
    misuses: Vec<Misuse>,
}

impl<'t> Judge<'t> {
    fn report(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.misuses.push(Misuse { span, message: message.into(), help: help.into() });
    }

    /// `is_root`: the dot is the data of the template.
    fn nodes(&mut self, nodes: &'t [Node], is_root: bool) {
        for node in nodes {
            match &node.kind {
                NodeKind::Action(pipeline) => {
                    self.pipeline(pipeline, is_root);
                }
                NodeKind::If { branches, otherwise } => {
                    branches.iter().for_each(|branch| self.branch(branch, is_root, is_root));
                    self.nodes(otherwise, is_root);
                }
                NodeKind::With { branches, otherwise } => {
                    branches.iter().for_each(|branch| self.branch(branch, is_root, false));
                    self.nodes(otherwise, is_root);
                }
                NodeKind::Range { branch, otherwise } => {
                    self.branch(branch, is_root, false);
                    self.nodes(otherwise, is_root);
                }
                NodeKind::Template { pipeline, .. } => {
                    if let Some(pipeline) = pipeline {
                        self.pipeline(pipeline, is_root);
                    }
                }
                NodeKind::Block { branch, .. } => self.branch(branch, is_root, false),
                NodeKind::Define { body, .. } => self.nodes(body, false),
                NodeKind::Text | NodeKind::Comment | NodeKind::Break | NodeKind::Continue | NodeKind::Error => {}
            }
        }
    }

    fn branch(&mut self, branch: &'t Branch, is_root: bool, is_root_inside: bool) {
        self.pipeline(&branch.pipeline, is_root);
        self.nodes(&branch.body, is_root_inside);
    }

    fn pipeline(&mut self, pipeline: &'t Pipeline, is_root: bool) -> Type {
        let mut piped = None;
        for command in &pipeline.commands {
            piped = Some(self.command(command, piped, is_root));
        }
        piped.unwrap_or(Type::Unknown)
    }

    fn command(&mut self, command: &'t Command, piped: Option<Type>, is_root: bool) -> Type {
        let Some((first, rest)) = command.operands.split_first() else { return Type::Unknown };
        let Base::Function(name) = &first.base else {
            let found = self.operand(first, is_root);
            for operand in rest {
                self.operand(operand, is_root);
            }
            if let Some(extra) = rest.first().filter(|_| first.fields.is_empty() && found != Type::Unknown) {
                self.report(extra.span, "a value takes no arguments", "separate values by `}} {{`, or use `printf`");
            }
            return found;
        };
        let mut given: Vec<(Type, Span)> =
            rest.iter().map(|operand| (self.operand(operand, is_root), operand.span)).collect();
        given.extend(piped.map(|piped| (piped, first.span)));
        self.call(name, first.span, rest, &given)
    }

    fn call(&mut self, name: &str, place: Span, operands: &'t [Operand], given: &[(Type, Span)]) -> Type {
        if let Some(function) = TemplateFunction::find(name) {
            let count = given.len();
            let wanted = match function.most {
                Some(most) if most == function.least && count != most => Some(format!("{most}")),
                _ if count < function.least => Some(format!("at least {}", function.least)),
                Some(most) if count > most => Some(format!("at most {most}")),
                _ => None,
            };
            if let Some(wanted) = wanted {
                let message = format!("`{name}` takes {wanted} argument(s), not {count}");
                self.report(place, message, "a value that is piped into a function is its last argument");
                return result(name);
            }
        }
        match name {
            "query" => self.query(operands.first()),
            "printf" => self.format(operands.first(), &given[1..]),
            "eq" | "ne" | "lt" | "le" | "gt" | "ge" => self.comparison(name, operands, given),
            _ => self.arguments(name, given),
        }
        result(name)
    }

    /// The types that functions insist on: `template/template.go` of Prometheus.
    fn arguments(&mut self, name: &str, given: &[(Type, Span)]) {
        let wanted: &[Type] = match name {
            "first" => &[Type::Samples],
            "value" | "strvalue" => &[Type::Sample],
            "label" => &[Type::Text, Type::Sample],
            "sortByLabel" => &[Type::Text, Type::Samples],
            "toUpper" | "toLower" | "title" | "stripPort" | "stripDomain" | "parseDuration" | "graphLink"
            | "tableLink" | "safeHtml" => &[Type::Text],
            "match" => &[Type::Text, Type::Text],
            "reReplaceAll" => &[Type::Text, Type::Text, Type::Text],
            "humanize" | "humanize1024" | "humanizeDuration" | "humanizePercentage" | "humanizeTimestamp" => {
                if let Some((found @ (Type::Samples | Type::Sample | Type::Labels | Type::Bool), span)) = given.first()
                {
                    let message = format!("`{name}` takes a number, not {}", found.name());
                    self.report(*span, message, "take the number out of it first: `query \"...\" | first | value`");
                }
                return;
            }
            _ => return,
        };
        for ((found, span), wanted) in given.iter().zip(wanted) {
            if *found == Type::Unknown || found == wanted {
                continue;
            }
            let message = format!("`{name}` takes {}, not {}", wanted.name(), found.name());
            let help = match (wanted, found) {
                (Type::Text, Type::Float) => "make a text of it: `printf \"%g\" $value`, `humanize $value`",
                (Type::Sample, Type::Samples) => "take one sample: `| first`",
                (Type::Samples, _) => "only `query \"...\"` gives that",
                _ => "use what it takes",
            };
            self.report(*span, message, help);
        }
    }

    /// Go compares numbers of one kind only.
    fn comparison(&mut self, name: &str, operands: &'t [Operand], given: &[(Type, Span)]) {
        let has_float = given.iter().any(|(found, _)| *found == Type::Float);
        let has_text = given.iter().any(|(found, _)| *found == Type::Text);
        for operand in operands.iter().filter(|_| has_float) {
            let source = operand.span.text(self.text.as_bytes());
            let is_integer = operand.base == Base::Number && source.bytes().all(|byte| byte.is_ascii_digit());
            if is_integer {
                let message = format!("`{name}` does not compare a number with the integer `{source}`");
                self.report(operand.span, message, format!("write it with a point: `{source}.0`"));
            }
        }
        if has_float && has_text {
            let place = given.first().map_or(Span::default(), |(_, span)| *span);
            self.report(place, format!("`{name}` does not compare a number with a text"), "compare like with like");
        }
    }

    /// `printf` prints `%!d(float64=1)` where a verb does not fit.
    fn format(&mut self, format: Option<&'t Operand>, values: &[(Type, Span)]) {
        let Some(Operand { base: Base::String { value, verbatim }, span, .. }) = format else { return };
        let Some(verbs) = verbs(value) else { return };
        for ((at, verb), (found, _)) in verbs.iter().zip(values) {
            let fits = match found {
                // Any value has a type.
                _ if *verb == 'T' => true,
                Type::Float => matches!(verb, 'v' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'b' | 'x' | 'X'),
                Type::Text => matches!(verb, 'v' | 's' | 'q' | 'x' | 'X'),
                _ => true,
            };
            if fits {
                continue;
            }
            let start = span.start + 1 + at.start;
            let place = if *verbatim { Span::new(start, span.start + 1 + at.end) } else { *span };
            let message = format!("`%{verb}` does not print {}", found.name());
            let help = match found {
                Type::Float => "use `%.0f` for a whole number, `%.2f` for two decimals, or `humanize`",
                _ => "use `%s`",
            };
            self.report(place, message, help);
        }
        if verbs.len() != values.len() {
            let message = format!("the format has {} verb(s) for {} value(s)", verbs.len(), values.len());
            self.report(*span, message, "give each verb a value; a `%` that is to be printed is `%%`");
        }
    }

    fn query(&mut self, operand: Option<&'t Operand>) {
        let Some(Operand { base: Base::String { value, verbatim }, span, .. }) = operand else { return };
        let parsed = promql::parse(value, &promql::Options { version: self.version });
        for error in &parsed.errors {
            let start = span.start + 1;
            let inside = Span::new(start + error.span.start, start + error.span.end);
            let place = if *verbatim { inside } else { *span };
            let help = error.help.clone().unwrap_or_else(|| "correct the expression in `query`".to_owned());
            self.report(place, format!("the query does not parse: {}", error.message), help);
        }
    }

    fn operand(&mut self, operand: &'t Operand, is_root: bool) -> Type {
        let mut fields = operand.fields.as_slice();
        let base = match &operand.base {
            Base::Dot if is_root => match fields.split_first() {
                Some((field, rest)) => {
                    fields = rest;
                    self.data_field(&field.name, field.span)
                }
                None => Type::Unknown,
            },
            Base::Variable(name) => match name.as_str() {
                "$labels" | "$externalLabels" => Type::Labels,
                "$value" => Type::Float,
                "$externalURL" => Type::Text,
                "$" if is_root => match fields.split_first() {
                    Some((field, rest)) => {
                        fields = rest;
                        self.data_field(&field.name, field.span)
                    }
                    None => Type::Unknown,
                },
                _ => Type::Unknown,
            },
            Base::Function(name) => self.call(name, operand.span, &[], &[]),
            Base::Paren(inner) => self.pipeline(inner, is_root),
            Base::String { .. } => Type::Text,
            Base::Bool(_) => Type::Bool,
            Base::Dot | Base::Number | Base::Nil => Type::Unknown,
        };
        let mut found = base;
        for field in fields {
            found = match found {
                Type::Labels => Type::Text,
                Type::Sample if field.name == "Labels" => Type::Labels,
                Type::Sample if field.name == "Value" => Type::Float,
                Type::Text | Type::Float | Type::Bool | Type::Int => {
                    let message = format!("{} has no field `{}`", found.name(), field.name);
                    self.report(field.span, message, "a label whose name has a dot is `index $labels \"a.b\"`");
                    return Type::Unknown;
                }
                _ => Type::Unknown,
            };
        }
        found
    }

    fn data_field(&mut self, name: &str, span: Span) -> Type {
        match name {
            "Labels" | "ExternalLabels" => Type::Labels,
            "ExternalURL" => Type::Text,
            "Value" => Type::Float,
            _ => {
                let message = format!("a template of an alert has no field `.{name}`");
                let help = if name.to_lowercase().ends_with("annotations") {
                    "annotations cannot read each other; labels are in `$labels`".to_owned()
                } else {
                    let known: Vec<String> = FIELDS.iter().map(|field| format!("`.{field}`")).collect();
                    format!("labels are in `$labels.NAME`, the value is `$value`; the fields are {}", known.join(", "))
                };
                self.report(span, message, help);
                Type::Unknown
            }
        }
    }
}

/// What a function gives.
fn result(name: &str) -> Type {
    match name {
        "humanize" | "humanize1024" | "humanizeDuration" | "humanizePercentage" | "humanizeTimestamp" | "toUpper"
        | "toLower" | "title" | "stripPort" | "stripDomain" | "reReplaceAll" | "graphLink" | "tableLink" | "print"
        | "printf" | "println" | "urlquery" | "externalURL" | "pathPrefix" | "label" | "strvalue" | "html" | "js" => {
            Type::Text
        }
        "value" | "parseDuration" => Type::Float,
        "query" | "sortByLabel" => Type::Samples,
        "first" => Type::Sample,
        "match" | "not" | "eq" | "ne" | "lt" | "le" | "gt" | "ge" => Type::Bool,
        "len" => Type::Int,
        _ => Type::Unknown,
    }
}

/// The verbs of a format with their places, `%%` left out; nothing where it uses what is not understood here.
fn verbs(format: &str) -> Option<Vec<(Span, char)>> {
    let mut verbs = Vec::new();
    let mut rest = format;
    let at = |rest: &str| format.len() - rest.len();
    while let Some(start) = rest.find('%') {
        let from = at(&rest[start..]);
        rest = rest[start + 1..].trim_start_matches(['+', '-', '#', ' ', '0']);
        rest = rest.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
        let verb = rest.chars().next()?;
        rest = &rest[verb.len_utf8()..];
        match verb {
            '*' | '[' => return None,
            '%' => {}
            _ => verbs.push((Span::from(from..at(rest)), verb)),
        }
    }
    Some(verbs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::template::{Options, parse};

    fn misuses(text: &str) -> Vec<String> {
        let parsed = parse(text, &Options::default());
        assert!(parsed.errors.is_empty(), "{text}: {:?}", parsed.errors);
        let mut judge = Judge { version: promql::Version::default(), text, misuses: Vec::new() };
        judge.nodes(&parsed.nodes, true);
        judge
            .misuses
            .iter()
            .map(|misuse| format!("{}: {}", misuse.span.text(text.as_bytes()), misuse.message))
            .collect()
    }

    #[test]
    fn what_fails_when_it_is_expanded() {
        for (text, found) in [
            ("{{ .Foo }}", "Foo: a template of an alert has no field `.Foo`"),
            ("{{ $labels.a.b }}", "b: a text has no field `b`"),
            ("{{ printf \"%d\" $value }}", "%d: `%d` does not print a number (float64)"),
            ("{{ $value | printf \"%s\" }}", "%s: `%s` does not print a number (float64)"),
            ("{{ $value | humanize | printf \"%.1f\" }}", "%.1f: `%f` does not print a text"),
            ("{{ printf \"%.1f%% of\" }}", "\"%.1f%% of\": the format has 1 verb(s) for 0 value(s)"),
            ("{{ humanize $value 2 }}", "humanize: `humanize` takes 1 argument(s), not 2"),
            ("{{ gt $value 5 }}", "5: `gt` does not compare a number with the integer `5`"),
            ("{{ query \"up ==\" | first | value }}", ": the query does not parse: unexpected end of input"),
            ("{{ toUpper $value }}", "$value: `toUpper` takes a text, not a number (float64)"),
            ("{{ query \"up\" | value }}", "value: `value` takes a sample, not the result of a query"),
        ] {
            let all = misuses(text);
            let first = all.first().cloned().unwrap_or_default();
            assert!(first == found || found.starts_with(':') && first.contains("does not parse"), "{text}: {all:?}");
        }
    }

    #[test]
    fn what_is_fine() {
        for text in [
            "{{ $labels.job }} {{ .Value | humanize }} {{ $externalURL }} {{ $.Labels.x }}",
            "{{ printf \"%.2f%%\" $value }} {{ printf \"%v %s\" $value $labels.job }} {{ printf \"%T\" $value }}",
            "{{ range query \"up\" }}{{ .Labels.job }} {{ .Value }} {{ .Anything }}{{ end }}",
            "{{ with query \"up\" }}{{ . | first | value | humanize }}{{ end }}",
            "{{ if gt $value 5.0 }}x{{ end }} {{ if eq $labels.job \"a\" }}y{{ end }}",
            "{{ $labels.instance | stripPort | toUpper }} {{ reReplaceAll \"a\" \"b\" $labels.x }}",
            "{{ humanizeTimestamp (query \"time()\" | first | value) }} {{ $x := $value }}{{ printf \"%d\" (len $labels) }}",
            "{{ define \"x\" }}{{ .Foo }}{{ end }}{{ label \"job\" (query \"up\" | first) }}",
        ] {
            assert_eq!(misuses(text), Vec::<String>::new(), "{text}");
        }
    }
}
