//! What the template of a label or annotation says: which labels it reads, and what it does to the values it prints.
//! Knows the functions of templates; knows no expressions but as text, and no rules.

use std::collections::HashMap;

use crate::source::Span;
use crate::syntax::template::{Base, Branch, Command, Node, NodeKind, Operand, Parsed, Pipeline};

/// What a template says.
#[derive(Clone, Debug, Default)]
pub struct Message<'t> {
    /// The labels it reads, in the order of the text.
    pub labels: Vec<LabelUse<'t>>,
    /// The values it prints, in the order of the text.
    pub prints: Vec<Print<'t>>,
    /// The expressions it queries.
    pub queries: Vec<Query<'t>>,
    /// Whether it prints all labels, or hands them to something that is not understood here.
    pub uses_all_labels: bool,
}

/// Where a value or label comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'t> {
    /// The sample that made the alert fire.
    Alert,
    /// A sample of this query.
    Query(&'t str),
}

/// A label that a template reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelUse<'t> {
    /// Its name.
    pub name: &'t str,
    /// The name in the text.
    pub span: Span,
    /// Whose label it is.
    pub source: Source<'t>,
    /// Whether the template is prepared for its absence: it asks for it in a condition, or has another value.
    pub is_guarded: bool,
}

/// A value that is printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Print<'t> {
    /// Whose value it is.
    pub source: Source<'t>,
    /// The functions that are applied, the first one first, with their places.
    pub functions: Vec<(&'t str, Span)>,
    /// The format of `printf`.
    pub format: Option<&'t str>,
    /// The action, with its braces.
    pub action: Span,
    /// The text up to the next action.
    pub after: Span,
    /// Whether the action prints nothing else and does nothing else.
    pub is_alone: bool,
}

/// An expression in `query "..."`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query<'t> {
    /// Its text, decoded.
    pub text: &'t str,
    /// The operand with its quotes.
    pub span: Span,
    /// Whether offsets in `text` count from after the quote.
    pub is_verbatim: bool,
}

/// What a pipeline gives, as far as it matters here.
#[derive(Clone, Debug)]
enum Flow<'t> {
    /// A number, with what was done to it.
    Value {
        source: Source<'t>,
        functions: Vec<(&'t str, Span)>,
        format: Option<&'t str>,
    },
    /// The samples of a query, or one of them.
    Samples(&'t str),
    Other,
}

/// What the dot is.
#[derive(Clone, Copy)]
enum Dot<'t> {
    Root,
    Sample(&'t str),
    Other,
}

/// Reads `parsed`.
#[must_use]
pub fn read(parsed: &Parsed) -> Message<'_> {
    let mut reader = Reader { message: Message::default(), variables: HashMap::new(), guards: Vec::new() };
    reader.nodes(&parsed.nodes, Dot::Root);
    reader.message
}

struct Reader<'t> {
    message: Message<'t>,
    /// Of variables that hold a value or samples.
    variables: HashMap<&'t str, Flow<'t>>,
    /// The labels that conditions around ask for.
    guards: Vec<&'t str>,
}

impl<'t> Reader<'t> {
    fn nodes(&mut self, nodes: &'t [Node], dot: Dot<'t>) {
        for (index, node) in nodes.iter().enumerate() {
            let next = nodes.get(index + 1).filter(|next| next.kind == NodeKind::Text);
            let after = next.map_or(Span::at(node.span.end), |next| next.span);
            self.node(node, after, dot);
        }
    }

    fn node(&mut self, node: &'t Node, after: Span, dot: Dot<'t>) {
        match &node.kind {
            NodeKind::Action(pipeline) => {
                let flow = self.pipeline(pipeline, dot, false);
                if !pipeline.variables.is_empty() {
                    return;
                }
                if let Flow::Value { source, functions, format } = flow {
                    let print = Print { source, functions, format, action: node.span, after, is_alone: true };
                    self.message.prints.push(print);
                }
            }
            NodeKind::If { branches, otherwise } => self.branches(branches, otherwise, dot, false),
            NodeKind::With { branches, otherwise } => self.branches(branches, otherwise, dot, true),
            NodeKind::Range { branch, otherwise } => {
                let flow = self.pipeline(&branch.pipeline, dot, true);
                let inner = self.element(&branch.pipeline, &flow);
                self.nodes(&branch.body, inner);
                self.nodes(otherwise, dot);
            }
            NodeKind::Template { pipeline, .. } => {
                self.message.uses_all_labels = true;
                pipeline.iter().for_each(|pipeline| drop(self.pipeline(pipeline, dot, false)));
            }
            NodeKind::Block { branch, .. } => {
                self.pipeline(&branch.pipeline, dot, false);
                self.nodes(&branch.body, Dot::Other);
            }
            NodeKind::Define { body, .. } => self.nodes(body, Dot::Other),
            NodeKind::Text | NodeKind::Comment | NodeKind::Break | NodeKind::Continue | NodeKind::Error => {}
        }
    }

    fn branches(&mut self, branches: &'t [Branch], otherwise: &'t [Node], dot: Dot<'t>, is_with: bool) {
        for branch in branches {
            let before = self.message.labels.len();
            let flow = self.pipeline(&branch.pipeline, dot, true);
            let asked: Vec<&str> = self.message.labels[before..].iter().map(|label| label.name).collect();
            let depth = self.guards.len();
            self.guards.extend(asked);
            let inner = if is_with { self.element(&branch.pipeline, &flow) } else { dot };
            self.nodes(&branch.body, inner);
            self.guards.truncate(depth);
        }
        self.nodes(otherwise, dot);
    }

    /// What the dot is inside `range` and `with`; their variables are set too.
    fn element(&mut self, pipeline: &'t Pipeline, flow: &Flow<'t>) -> Dot<'t> {
        if let Some(variable) = pipeline.variables.last() {
            self.variables.insert(&variable.name, flow.clone());
        }
        match flow {
            Flow::Samples(text) => Dot::Sample(text),
            _ => Dot::Other,
        }
    }

    /// `is_asked`: the value decides, it is not printed.
    fn pipeline(&mut self, pipeline: &'t Pipeline, dot: Dot<'t>, is_asked: bool) -> Flow<'t> {
        let mut flow = None;
        for command in &pipeline.commands {
            flow = Some(self.command(command, flow, dot, is_asked));
        }
        let flow = flow.unwrap_or(Flow::Other);
        for variable in &pipeline.variables {
            self.variables.insert(&variable.name, flow.clone());
        }
        flow
    }

    fn command(&mut self, command: &'t Command, piped: Option<Flow<'t>>, dot: Dot<'t>, is_asked: bool) -> Flow<'t> {
        let Some((first, rest)) = command.operands.split_first() else { return Flow::Other };
        let Base::Function(name) = &first.base else {
            let flow = self.operand(first, dot, is_asked);
            rest.iter().for_each(|operand| drop(self.operand(operand, dot, is_asked)));
            return flow;
        };
        let is_optional = is_asked || matches!(name.as_str(), "or" | "and" | "eq" | "ne" | "not" | "index" | "if");
        if name == "index" {
            return self.index(rest, dot, is_asked);
        }
        let mut given: Vec<Flow<'t>> = rest.iter().map(|operand| self.operand(operand, dot, is_optional)).collect();
        given.extend(piped);
        let text = rest.first().and_then(string);
        match name.as_str() {
            "query" => {
                let Some(operand) = rest.first() else { return Flow::Other };
                let Base::String { value, verbatim } = &operand.base else { return Flow::Other };
                self.message.queries.push(Query { text: value, span: operand.span, is_verbatim: *verbatim });
                Flow::Samples(value)
            }
            "first" | "sortByLabel" => {
                given.pop().filter(|flow| matches!(flow, Flow::Samples(_))).unwrap_or(Flow::Other)
            }
            "value" => match given.pop() {
                Some(Flow::Samples(text)) => value_of(Source::Query(text)),
                _ => Flow::Other,
            },
            "label" => {
                if let (Some(operand), Some(Flow::Samples(query))) = (rest.first(), given.pop())
                    && let Some(name) = string(operand)
                {
                    let source = Source::Query(query);
                    self.message.labels.push(LabelUse { name, span: operand.span, source, is_guarded: is_asked });
                }
                Flow::Other
            }
            "printf" => {
                let mut values = given.into_iter().filter(|flow| matches!(flow, Flow::Value { .. }));
                match (values.next(), values.next()) {
                    (Some(flow), None) => applied(flow, name, first.span, text),
                    _ => Flow::Other,
                }
            }
            "humanize" | "humanize1024" | "humanizeDuration" | "humanizePercentage" | "humanizeTimestamp" | "print"
            | "toTime" => match given.pop() {
                Some(flow) => applied(flow, name, first.span, None),
                None => Flow::Other,
            },
            _ => Flow::Other,
        }
    }

    /// `index $labels "name"`
    fn index(&mut self, operands: &'t [Operand], dot: Dot<'t>, is_asked: bool) -> Flow<'t> {
        let Some((map, keys)) = operands.split_first() else { return Flow::Other };
        let is_labels = match (&map.base, map.fields.as_slice()) {
            (Base::Variable(name), []) => name == "$labels",
            (Base::Variable(name), [field]) => name == "$" && field.name == "Labels",
            (Base::Dot, [field]) => matches!(dot, Dot::Root) && field.name == "Labels",
            _ => false,
        };
        match keys {
            [key] if is_labels => match string(key) {
                Some(name) => self.use_label(name, key.span, Source::Alert, is_asked),
                None => self.message.uses_all_labels = true,
            },
            _ => operands.iter().for_each(|operand| drop(self.operand(operand, dot, is_asked))),
        }
        Flow::Other
    }

    fn operand(&mut self, operand: &'t Operand, dot: Dot<'t>, is_asked: bool) -> Flow<'t> {
        let field = operand.fields.first().map(|field| field.name.as_str());
        match (&operand.base, field, operand.fields.len()) {
            (Base::Variable(name), _, _) if name == "$labels" => self.labels(operand, 0, Source::Alert, is_asked),
            (Base::Variable(name), None, _) if name == "$value" => value_of(Source::Alert),
            (Base::Variable(name), Some("Labels"), _) if name == "$" => {
                self.labels(operand, 1, Source::Alert, is_asked)
            }
            (Base::Variable(name), Some("Value"), 1) if name == "$" => value_of(Source::Alert),
            (Base::Dot, Some("Labels"), _) => match dot {
                Dot::Root => self.labels(operand, 1, Source::Alert, is_asked),
                Dot::Sample(text) => self.labels(operand, 1, Source::Query(text), is_asked),
                Dot::Other => Flow::Other,
            },
            (Base::Dot, Some("Value"), 1) => match dot {
                Dot::Root => value_of(Source::Alert),
                Dot::Sample(text) => value_of(Source::Query(text)),
                Dot::Other => Flow::Other,
            },
            (Base::Dot, None, _) => match dot {
                Dot::Root => {
                    self.message.uses_all_labels = true;
                    Flow::Other
                }
                Dot::Sample(text) => Flow::Samples(text),
                Dot::Other => Flow::Other,
            },
            (Base::Variable(name), ..) => match self.variables.get(name.as_str()).cloned() {
                Some(flow) => self.fields_of(flow, operand, is_asked),
                None => Flow::Other,
            },
            (Base::Paren(inner), ..) => {
                let flow = self.pipeline(inner, dot, is_asked);
                self.fields_of(flow, operand, is_asked)
            }
            _ => Flow::Other,
        }
    }

    /// The fields of samples; everything else has none of interest.
    fn fields_of(&mut self, flow: Flow<'t>, operand: &'t Operand, is_asked: bool) -> Flow<'t> {
        let field = operand.fields.first().map(|field| field.name.as_str());
        match (flow, field, operand.fields.len()) {
            (flow, None, _) => flow,
            (Flow::Samples(text), Some("Value"), 1) => value_of(Source::Query(text)),
            (Flow::Samples(text), Some("Labels"), _) => self.labels(operand, 1, Source::Query(text), is_asked),
            _ => Flow::Other,
        }
    }

    /// A map of labels, of which the field after the first `skip` ones is read.
    fn labels(&mut self, operand: &'t Operand, skip: usize, source: Source<'t>, is_asked: bool) -> Flow<'t> {
        match operand.fields.get(skip) {
            Some(field) => self.use_label(&field.name, field.span, source, is_asked),
            None if source == Source::Alert => self.message.uses_all_labels = true,
            None => {}
        }
        Flow::Other
    }

    fn use_label(&mut self, name: &'t str, span: Span, source: Source<'t>, is_asked: bool) {
        let is_guarded = is_asked || self.guards.contains(&name);
        self.message.labels.push(LabelUse { name, span, source, is_guarded });
    }
}

fn value_of(source: Source<'_>) -> Flow<'_> {
    Flow::Value { source, functions: Vec::new(), format: None }
}

fn applied<'t>(flow: Flow<'t>, function: &'t str, span: Span, text: Option<&'t str>) -> Flow<'t> {
    match flow {
        Flow::Value { source, mut functions, format } => {
            functions.push((function, span));
            Flow::Value { source, functions, format: format.or(text) }
        }
        other => other,
    }
}

fn string(operand: &Operand) -> Option<&str> {
    match &operand.base {
        Base::String { value, .. } => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::template::{Options, parse};

    fn with<T>(text: &str, see: impl Fn(&Message<'_>) -> T) -> T {
        see(&read(&parse(text, &Options::default())))
    }

    #[test]
    fn labels_with_their_guards() {
        for (text, expected) in [
            ("{{ $labels.job }} on {{ .Labels.instance }}", vec![("job", false), ("instance", false)]),
            ("{{ if $labels.job }}{{ $labels.job }}{{ end }}", vec![("job", true), ("job", true)]),
            ("{{ with $labels.job }}of {{ . }}{{ end }}", vec![("job", true)]),
            ("{{ or $labels.job \"none\" }}", vec![("job", true)]),
            ("{{ index $labels \"a.b\" }}", vec![("a.b", false)]),
            ("{{ $labels.job | toUpper }}", vec![("job", false)]),
            ("{{ $.Labels.job }}", vec![("job", false)]),
        ] {
            let found = with(text, |message| {
                message.labels.iter().map(|label| (label.name.to_owned(), label.is_guarded)).collect::<Vec<_>>()
            });
            let found: Vec<(&str, bool)> = found.iter().map(|(name, guarded)| (name.as_str(), *guarded)).collect();
            assert_eq!(found, expected, "{text}");
        }
        assert!(with("{{ range $k, $v := $labels }}{{ $k }}{{ end }}", |message| message.uses_all_labels));
    }

    #[test]
    fn values_with_what_is_done_to_them() {
        for (text, expected, after) in [
            ("{{ $value }}%", "", "%"),
            ("{{ $value | humanize }} %", "humanize", " %"),
            ("{{ printf \"%.2f\" $value }}", "printf", ""),
            ("{{ .Value | printf \"%.1f\" | toUpper }}x", "", ""),
            ("{{ (humanizePercentage $value) }}", "humanizePercentage", ""),
            ("{{ $v := $value }}{{ $v | humanizeDuration }}s", "humanizeDuration", "s"),
            ("{{ query \"up\" | first | value | humanize }}", "humanize", ""),
            ("{{ range query \"up\" }}{{ .Value | humanize1024 }}{{ end }}", "humanize1024", ""),
        ] {
            let found = with(text, |message| {
                message.prints.first().map(|print| {
                    let names: Vec<&str> = print.functions.iter().map(|(name, _)| *name).collect();
                    (names.join(" "), print.after.text(text.as_bytes()).to_owned())
                })
            });
            let found = found.unwrap_or_default();
            assert_eq!((found.0.as_str(), found.1.as_str()), (expected, after), "{text}");
        }
    }

    #[test]
    fn samples_of_queries() {
        let text = "{{ range query \"up == 0\" }}{{ .Labels.instance }}{{ end }}";
        with(text, |message| {
            assert_eq!(message.labels[0].source, Source::Query("up == 0"));
            assert_eq!(message.queries[0].text, "up == 0");
        });
    }
}
