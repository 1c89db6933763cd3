//! References in expressions: `var.x`, `module.a["k"].out`, each with its steps, and without the names that a `for` or a
//! `dynamic` block introduces. Knows no declarations.

use crate::source::Span;
use crate::syntax::hcl::{ExprId, ExprKind, ExprView, List};

/// A reference in an expression.
pub struct Reference<'a> {
    /// All of it that is written in one go.
    pub expr: ExprView<'a>,
    /// The first name.
    pub root: &'a str,
    /// What follows, in order.
    pub steps: Vec<Step<'a>>,
    /// Whether Terraform may go without its value: it is in a branch, in a loop or inside `try` or `can`.
    pub laziness: Laziness,
}

/// Whether an expression is always evaluated, and whether its failure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Laziness {
    /// Evaluated whenever what it is in is evaluated.
    Always,
    /// Evaluated or not: in a branch of `?:`, or for each element of what may be empty.
    Sometimes,
    /// Inside `try` or `can`, where a failure is an answer.
    Guarded,
}

/// A step behind a name.
#[derive(Clone, Copy)]
pub enum Step<'a> {
    /// `.name`
    Name(&'a str, Span),
    /// `[key]` or `.0`; the key where it is an expression.
    Index(Option<ExprView<'a>>),
    /// `[*]` or `.*`
    Splat,
}

impl<'a> Step<'a> {
    /// The name of `.name`.
    #[must_use]
    pub const fn name(self) -> Option<&'a str> {
        match self {
            Self::Name(name, _) => Some(name),
            _ => None,
        }
    }

    /// Whether it is an index that is written out: a number or a plain string.
    #[must_use]
    pub fn is_literal_index(self) -> bool {
        match self {
            Self::Index(None) => true,
            Self::Index(Some(key)) => key.as_number().is_some() || key.as_string().is_some(),
            _ => false,
        }
    }
}

impl<'a> Reference<'a> {
    /// The place of the root and the first `steps` steps.
    #[must_use]
    pub fn span(&self, steps: usize) -> Span {
        let start = self.expr.span().start;
        let name_end = |step: &Step<'_>| if let Step::Name(_, span) = step { Some(span.end) } else { None };
        let end = self.steps.iter().take(steps).rev().find_map(name_end);
        let root = start + u32::try_from(self.root.len()).unwrap_or(0);
        Span::new(start, end.unwrap_or(root))
    }

    /// The name at step `at`.
    #[must_use]
    pub fn name(&self, at: usize) -> Option<&'a str> {
        self.steps.get(at).and_then(|step| step.name())
    }
}

/// Calls `found` with every reference in `expr`. `names` are those that stand for something else here, such as the
/// iterator of a `dynamic` block.
pub fn visit_references<'a>(expr: ExprView<'a>, names: &[&'a str], found: &mut dyn FnMut(Reference<'a>)) {
    Visitor { names: names.to_vec(), laziness: Laziness::Always, found }.visit(expr);
}

struct Visitor<'a, 'f> {
    names: Vec<&'a str>,
    laziness: Laziness,
    found: &'f mut dyn FnMut(Reference<'a>),
}

impl<'a> Visitor<'a, '_> {
    fn visit(&mut self, expr: ExprView<'a>) {
        let document = expr.document();
        let at = |id: ExprId| document.expression(id);
        match expr.kind() {
            ExprKind::Error
            | ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number
            | ExprKind::FunctionName
            | ExprKind::SplatItem
            | ExprKind::Literal { .. } => {}
            ExprKind::Variable
            | ExprKind::GetAttr { .. }
            | ExprKind::LegacyIndex { .. }
            | ExprKind::Index { .. }
            | ExprKind::Splat { .. } => self.chain(expr),
            ExprKind::Call { name, arguments, .. } => {
                let guards = matches!(at(name).text(), "try" | "can");
                self.with(if guards { Laziness::Guarded } else { Laziness::Always }, |own| own.list(expr, arguments));
            }
            ExprKind::Template { parts, .. } => self.list(expr, parts),
            ExprKind::Interpolation(inner) | ExprKind::Paren(inner) => self.visit(at(inner)),
            ExprKind::Unary { operand, .. } => self.visit(at(operand)),
            ExprKind::Binary { left, right, .. } => {
                self.visit(at(left));
                self.visit(at(right));
            }
            ExprKind::Conditional { condition, yes, no } => {
                self.visit(at(condition));
                self.with(Laziness::Sometimes, |own| {
                    own.visit(at(yes));
                    own.visit(at(no));
                });
            }
            ExprKind::Tuple(list) => self.list(expr, list),
            ExprKind::Object(list) => {
                for (index, part) in expr.list(list).enumerate() {
                    // A bare word is a name, in parentheses a reference.
                    if index % 2 == 1 || part.kind() != ExprKind::Variable {
                        self.visit(part);
                    }
                }
            }
            ExprKind::For(_) => self.for_expression(expr),
            ExprKind::IfDirective(_) => {
                let Some(directive) = expr.as_if_directive() else { return };
                self.visit(at(directive.condition));
                self.with(Laziness::Sometimes, |own| {
                    own.list(expr, directive.yes);
                    own.list(expr, directive.no);
                });
            }
            ExprKind::ForDirective(_) => {
                let Some(directive) = expr.as_for_directive() else { return };
                self.visit(at(directive.collection));
                let names = [directive.key, Some(directive.value)];
                self.inside(names.into_iter().flatten().map(|name| document.slice(name)), |own| {
                    own.list(expr, directive.body);
                });
            }
        }
    }

    fn list(&mut self, expr: ExprView<'a>, list: List) {
        expr.list(list).for_each(|part| self.visit(part));
    }

    fn with(&mut self, laziness: Laziness, inner: impl FnOnce(&mut Self)) {
        let before = self.laziness;
        self.laziness = before.max(laziness);
        inner(self);
        self.laziness = before;
    }

    /// Looks into what stands in a loop over names of its own.
    fn inside(&mut self, names: impl Iterator<Item = &'a str>, inner: impl FnOnce(&mut Self)) {
        let before = self.names.len();
        self.names.extend(names);
        self.with(Laziness::Sometimes, inner);
        self.names.truncate(before);
    }

    fn for_expression(&mut self, expr: ExprView<'a>) {
        let document = expr.document();
        let Some(parts) = expr.as_for() else { return };
        self.visit(document.expression(parts.collection));
        let names = [parts.key_name, Some(parts.value_name)];
        self.inside(names.into_iter().flatten().map(|name| document.slice(name)), |own| {
            for part in [parts.key, Some(parts.value), parts.condition].into_iter().flatten() {
                own.visit(document.expression(part));
            }
        });
    }

    /// A name with steps behind it, or steps behind something else.
    fn chain(&mut self, expr: ExprView<'a>) {
        let mut steps = Vec::new();
        let Some(root) = self.unwind(expr, &mut steps) else { return };
        if root.kind() != ExprKind::Variable {
            return self.visit(root);
        }
        let name = root.text();
        if !self.names.contains(&name) {
            (self.found)(Reference { expr, root: name, steps, laziness: self.laziness });
        }
    }

    /// Collects the steps behind the innermost expression, which is returned; nothing for the element of a splat.
    fn unwind(&mut self, expr: ExprView<'a>, steps: &mut Vec<Step<'a>>) -> Option<ExprView<'a>> {
        let document = expr.document();
        match expr.kind() {
            ExprKind::GetAttr { on, name } => {
                let root = self.unwind(document.expression(on), steps);
                steps.push(Step::Name(document.slice(name), name));
                root
            }
            ExprKind::LegacyIndex { on, .. } => {
                let root = self.unwind(document.expression(on), steps);
                steps.push(Step::Index(None));
                root
            }
            ExprKind::Index { on, key } => {
                let root = self.unwind(document.expression(on), steps);
                let key = document.expression(key);
                steps.push(Step::Index(Some(key)));
                self.visit(key);
                root
            }
            ExprKind::Splat { on, each, .. } => {
                let root = self.unwind(document.expression(on), steps);
                steps.push(Step::Splat);
                self.unwind(document.expression(each), steps);
                root
            }
            ExprKind::SplatItem => None,
            _ => Some(expr),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::hcl::{self, Document};

    fn references(expression: &str) -> Vec<String> {
        let text = format!("x = {expression}\n");
        let tree = hcl::parse(text.as_bytes());
        assert!(tree.errors.is_empty(), "{expression}");
        let value = Document::new(&tree, text.as_bytes()).root().value("x").unwrap();
        let mut found = Vec::new();
        visit_references(value, &["own"], &mut |reference| {
            let steps = reference.steps.iter().map(|step| match step {
                Step::Name(name, _) => format!(".{name}"),
                Step::Index(Some(key)) => format!("[{}]", key.text()),
                Step::Index(None) => "[_]".to_owned(),
                Step::Splat => "[*]".to_owned(),
            });
            let mark = match reference.laziness {
                Laziness::Always => "",
                Laziness::Sometimes => "?",
                Laziness::Guarded => "!",
            };
            found.push(format!("{}{}{mark}", reference.root, steps.collect::<String>()));
        });
        found
    }

    #[test]
    fn steps_are_those_behind_the_name() {
        assert_eq!(references("var.a.b[0].c"), ["var.a.b[0].c"]);
        assert_eq!(references("a.b.0.c"), ["a.b[_].c"]);
        assert_eq!(references("a.b[*].c[1].d"), ["a.b[*].c[1].d"]);
        assert_eq!(references("a.b.*.c"), ["a.b[*].c"]);
        assert_eq!(references("a.b[local.k].c"), ["local.k", "a.b[local.k].c"]);
        assert_eq!(references("keys(var.m)[0].x"), ["var.m"]);
        assert_eq!(references("{ a = 1, (b) = c, \"d\" = e.f }"), ["b", "c", "e.f"]);
        assert_eq!(references("provider::x::f(var.a)"), ["var.a"]);
    }

    #[test]
    fn names_of_loops_are_no_references() {
        assert_eq!(references("[for k, v in var.m : \"${k}${v.x}${w.y}\" if v.z && q.r]"), ["var.m", "w.y?", "q.r?"]);
        assert_eq!(references("{ for v in v.x : v => [for k in v : k] }"), ["v.x"]);
        assert_eq!(references("\"%{ for a in var.l }${a}${b.c}%{ endfor }${a.b}\""), ["var.l", "b.c?", "a.b"]);
        assert_eq!(references("own.value.x + not_own.x"), ["not_own.x"]);
    }

    #[test]
    fn what_may_go_without_a_value_is_marked() {
        assert_eq!(references("a.b ? c.d : try(e.f, 1)"), ["a.b", "c.d?", "e.f!"]);
        assert_eq!(references("\"%{ if a.b }${c.d}%{ endif }\""), ["a.b", "c.d?"]);
        assert_eq!(references("can([for x in y.z : w.v])"), ["y.z!", "w.v!"]);
    }

    #[test]
    fn spans_end_with_a_name() {
        let text = "x = var.some.name[0].more\n";
        let tree = hcl::parse(text.as_bytes());
        let value = Document::new(&tree, text.as_bytes()).root().value("x").unwrap();
        visit_references(value, &[], &mut |reference| {
            assert_eq!(reference.span(0).text(text.as_bytes()), "var");
            assert_eq!(reference.span(1).text(text.as_bytes()), "var.some");
            assert_eq!(reference.span(9).text(text.as_bytes()), "var.some.name[0].more");
        });
    }
}
