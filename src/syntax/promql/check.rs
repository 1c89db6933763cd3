//! Types and the other rules that a tree must obey, as `checkAST` of Prometheus has them. One loop over the nodes: the
//! operands of a node are checked before it. What a template hole may be is not known and never wrong.

use super::functions::{Aggregation, FUNCTIONS, Function};
use super::tree::{BinaryOperator, Expr, ExprId, ExprKind, Matching, Name, Selector, Tree};
use super::{ValueType, Version};
use crate::source::Span;
use crate::suggest::closest;
use crate::syntax::SyntaxError;

/// The type of every node, `None` where it may be any, and what is wrong.
pub(super) fn check(tree: &Tree, version: Version) -> (Vec<Option<ValueType>>, Vec<SyntaxError>) {
    let mut checker = Checker { tree, version, types: Vec::with_capacity(tree.len()), errors: Vec::new() };
    let label_selectors = label_selectors(tree);
    for (id, node) in tree.iter() {
        if let ExprKind::Selector(selector) = &node.kind {
            checker.selector(selector, node.span, label_selectors.contains(&id));
        }
        let value_type = checker.node(node);
        checker.types.push(value_type);
    }
    (checker.types, checker.errors)
}

/// Selectors that may match everything: the second arguments of `info`.
fn label_selectors(tree: &Tree) -> Vec<ExprId> {
    let second = |node: &Expr| match &node.kind {
        ExprKind::Call { function, arguments } if function.text == "info" => arguments.get(1).copied(),
        _ => None,
    };
    tree.iter().filter_map(|(_, node)| second(node)).collect()
}

struct Checker<'a> {
    tree: &'a Tree,
    version: Version,
    types: Vec<Option<ValueType>>,
    errors: Vec<SyntaxError>,
}

impl Checker<'_> {
    fn node(&mut self, node: &Expr) -> Option<ValueType> {
        match &node.kind {
            ExprKind::Number(_) => Some(ValueType::Scalar),
            ExprKind::String(_) => Some(ValueType::String),
            ExprKind::Selector(_) => Some(ValueType::Vector),
            ExprKind::Range { .. } => Some(ValueType::RangeVector),
            ExprKind::Subquery { operand, .. } => {
                self.subquery(*operand, node.span);
                Some(ValueType::RangeVector)
            }
            ExprKind::Call { function, arguments } => self.call(function, arguments, node.span),
            ExprKind::Aggregate { operator, operator_span, arguments, .. } => {
                self.aggregate(*operator, *operator_span, arguments, node.span);
                Some(ValueType::Vector)
            }
            ExprKind::Binary { operator, operator_span, left, right, matching } => {
                self.binary(*operator, *operator_span, [*left, *right], matching)
            }
            ExprKind::Unary { operand, .. } => self.unary(*operand),
            ExprKind::Paren(inner) => self.type_of(*inner),
            ExprKind::Hole | ExprKind::Error => None,
        }
    }

    fn type_of(&self, id: ExprId) -> Option<ValueType> {
        self.types[id.index()]
    }

    fn span(&self, id: ExprId) -> Span {
        self.tree.get(id).span
    }

    fn error(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(SyntaxError::new(span, message));
    }

    fn expect(&mut self, id: ExprId, wanted: ValueType, context: impl std::fmt::Display) {
        let Some(found) = self.type_of(id).filter(|found| *found != wanted) else { return };
        let error = SyntaxError::new(self.span(id), format!("expected type {wanted} in {context}, got {found}"));
        self.errors.push(match (wanted, found) {
            (ValueType::RangeVector, ValueType::Vector) => {
                error.help("add a range such as `[5m]`, or `[5m:]` after an expression")
            }
            (ValueType::Scalar, ValueType::Vector) => {
                error.help("`scalar(...)` makes a scalar of a vector with one element")
            }
            (ValueType::Vector, ValueType::Scalar) => error.help("`vector(...)` makes a vector of a scalar"),
            _ => error,
        });
    }

    fn subquery(&mut self, operand: ExprId, span: Span) {
        if let Some(found) = self.type_of(operand).filter(|found| *found != ValueType::Vector) {
            self.error(span, format!("subquery is only allowed on instant vector, got {found} instead"));
        }
    }

    fn unary(&mut self, operand: ExprId) -> Option<ValueType> {
        let found = self.type_of(operand)?;
        if !matches!(found, ValueType::Scalar | ValueType::Vector) {
            let message = "unary expression only allowed on expressions of type scalar or instant vector";
            self.error(self.span(operand), format!("{message}, got {found}"));
        }
        Some(found)
    }

    fn selector(&mut self, selector: &Selector, span: Span, may_match_everything: bool) {
        if let Some(name) = &selector.name {
            for matcher in
                selector.matchers.iter().filter(|matcher| matcher.label.text == "__name__" && !matcher.label.opaque)
            {
                let message =
                    format!("metric name must not be set twice: `{}` or `{}`", name.text, matcher.value.value);
                self.errors.push(SyntaxError::new(matcher.span, message).related(name.span, "set here"));
            }
        } else if !may_match_everything && selector.matchers.iter().all(|matcher| matcher.matches_empty == Some(true)) {
            let error = SyntaxError::new(span, "vector selector must contain at least one non-empty matcher");
            self.errors.push(error.help("name a metric, or a label value that must not be empty: `{job=\"node\"}`"));
        }
    }

    fn aggregate(&mut self, operator: Aggregation, place: Span, arguments: &[ExprId], span: Span) {
        let name = operator.name();
        if operator.since() > self.version {
            self.error(
                place,
                format!("`{name}` needs Prometheus {}, the target is {}", operator.since(), self.version),
            );
        }
        let parameter = operator.parameter();
        let wanted = 1 + usize::from(parameter.is_some());
        match arguments {
            [] => self.error(span, "no arguments for aggregate expression provided"),
            [vector] if parameter.is_none() => self.expect(*vector, ValueType::Vector, "aggregation expression"),
            [first, vector] if parameter.is_some() => {
                self.expect(*vector, ValueType::Vector, "aggregation expression");
                self.expect(*first, parameter.unwrap_or(ValueType::Scalar), "aggregation parameter");
            }
            _ if arguments.iter().any(|id| self.type_of(*id).is_none()) => {}
            _ => {
                let message = "wrong number of arguments for aggregate expression provided";
                self.error(span, format!("{message}, expected {wanted}, got {}", arguments.len()));
            }
        }
    }

    fn call(&mut self, name: &Name, arguments: &[ExprId], span: Span) -> Option<ValueType> {
        if name.opaque {
            return None;
        }
        let Some(function) = Function::find(&name.text) else {
            self.unknown_function(name);
            return None;
        };
        if self.version != Version::NEWEST && !function.exists_in(self.version) {
            self.other_release(function, name.span);
        }
        self.count_arguments(function, arguments.len(), span);
        let context = format_args!("call to function `{}`", function.name);
        for (index, id) in
            arguments.iter().enumerate().take(function.most.unwrap_or(usize::MAX).max(function.arguments.len()))
        {
            if let Some(wanted) = function.arguments.get(index).or(function.arguments.last()) {
                self.expect(*id, *wanted, context);
            }
        }
        if function.name == "info" {
            self.info_labels(arguments.get(1).copied());
        }
        Some(function.returns)
    }

    fn unknown_function(&mut self, name: &Name) {
        let error = SyntaxError::new(name.span, format!("unknown function `{}`", name.text));
        let current =
            FUNCTIONS.iter().filter(|function| function.exists_in(self.version)).map(|function| function.name);
        let known = current.chain(Aggregation::ALL.iter().map(|(name, _)| *name));
        self.errors.push(match closest(&name.text, known) {
            Some(meant) => error.help(format!("did you mean `{meant}`?")),
            None => error,
        });
    }

    fn other_release(&mut self, function: &Function, place: Span) {
        let error = match function.removed.filter(|(removed, _)| *removed <= self.version) {
            Some((removed, successor)) => {
                let message = format!("function `{}` was removed in Prometheus {removed}", function.name);
                SyntaxError::new(place, message).help(format!("use `{successor}`"))
            }
            None => {
                let (since, target) = (function.since, self.version);
                SyntaxError::new(
                    place,
                    format!("function `{}` needs Prometheus {since}, the target is {target}", function.name),
                )
            }
        };
        self.errors.push(error);
    }

    fn count_arguments(&mut self, function: &Function, count: usize, span: Span) {
        let wanted = match function.most {
            Some(most) if most == function.least && count != most => format!("{most}"),
            _ if count < function.least => format!("at least {}", function.least),
            Some(most) if count > most => format!("at most {most}"),
            _ => return,
        };
        self.error(span, format!("expected {wanted} argument(s) in call to `{}`, got {count}", function.name));
    }

    fn info_labels(&mut self, labels: Option<ExprId>) {
        let Some(id) = labels else { return };
        match &self.tree.get(id).kind {
            ExprKind::Selector(selector) if selector.name.is_none() => {}
            ExprKind::Hole | ExprKind::Error => {}
            _ => self.error(self.span(id), "expected label selectors only"),
        }
    }

    fn binary(
        &mut self,
        operator: BinaryOperator,
        place: Span,
        operands: [ExprId; 2],
        matching: &Matching,
    ) -> Option<ValueType> {
        let [left, right] = operands.map(|id| self.type_of(id));
        let scalars = left == Some(ValueType::Scalar) && right == Some(ValueType::Scalar);
        if let Some(span) = matching.returns_bool.filter(|_| !operator.is_comparison()) {
            self.error(span, "bool modifier can only be used on comparison operators");
        }
        if operator.is_comparison() && matching.returns_bool.is_none() && scalars {
            let error = SyntaxError::new(place, "comparisons between scalars must use BOOL modifier");
            self.errors.push(error.help(format!("write `{} bool`", operator.symbol())));
        }
        for id in operands {
            if matches!(self.type_of(id), Some(ValueType::String | ValueType::RangeVector)) {
                self.error(self.span(id), "binary expression must contain only scalar and instant vector types");
            }
        }
        if operator.is_set() && (left == Some(ValueType::Scalar) || right == Some(ValueType::Scalar)) {
            self.error(place, format!("set operator `{}` not allowed in binary scalar expression", operator.symbol()));
        }
        self.matching(operator, [left, right], matching);
        match (left?, right?) {
            (ValueType::Scalar, ValueType::Scalar) => Some(ValueType::Scalar),
            _ => Some(ValueType::Vector),
        }
    }

    fn matching(&mut self, operator: BinaryOperator, types: [Option<ValueType>; 2], matching: &Matching) {
        let not_vectors = types.iter().any(|found| found.is_some_and(|found| found != ValueType::Vector));
        if let (Some(labels), Some(group)) = (&matching.labels, &matching.group) {
            for label in group.labels.iter().filter(|label| labels.on && is_listed(&labels.labels, label)) {
                self.error(label.span, format!("label `{}` must not occur in ON and GROUP clause at once", label.text));
            }
        }
        if let Some(labels) = matching.labels.as_ref().filter(|labels| not_vectors && !labels.labels.is_empty()) {
            self.error(labels.span, "vector matching only allowed between instant vectors");
        }
        if let Some(group) = matching.group.as_ref().filter(|_| operator.is_set() && !not_vectors) {
            let message = format!("no grouping allowed for `{}` operation", operator.symbol());
            self.errors.push(SyntaxError::new(group.span, message).note("set operations are always many-to-many"));
        }
        if let Some(span) = matching.fill {
            if not_vectors {
                self.error(span, "filling in missing series only allowed between instant vectors");
            } else if operator.is_set() {
                self.error(span, "filling in missing series not allowed for set operators");
            }
        }
    }
}

fn is_listed(labels: &[Name], label: &Name) -> bool {
    labels.iter().any(|other| other.text == label.text && !other.opaque)
}
