//! One line per argument and block, with expressions in brackets: from our tree and from that of `hcl-edit`.

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ForExpr as EditFor, ObjectKey, TraversalOperator};
use hcl_edit::structure::{Body, Structure};
use hcl_edit::template::{Directive, Element, Template};
use sprag::syntax::hcl::{BodyView, ExprKind, ExprView, ItemView, List, UnaryOperator};

/// The structure of what we parsed.
pub(crate) fn ours(body: BodyView<'_>, out: &mut Vec<String>) {
    for item in body.items() {
        match item {
            ItemView::Attribute(attribute) => {
                out.push(format!("{} = {}", attribute.name(), our_expr(attribute.value())));
            }
            ItemView::Block(block) => {
                out.push(format!("{} {:?} {{", block.kind(), block.labels().collect::<Vec<_>>()));
                ours(block.body(), out);
                out.push("}".to_owned());
            }
        }
    }
}

/// The structure of what `hcl-edit` parsed from `text`.
pub(crate) fn theirs(body: &Body, text: &str, out: &mut Vec<String>) {
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                out.push(format!("{} = {}", attribute.key.as_str(), their_expr(&attribute.value, text)));
            }
            Structure::Block(block) => {
                let labels: Vec<_> = block.labels.iter().map(hcl_edit::structure::BlockLabel::as_str).collect();
                out.push(format!("{} {labels:?} {{", block.ident.as_str()));
                theirs(&block.body, text, out);
                out.push("}".to_owned());
            }
        }
    }
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(" ")
}

fn our_expr(expr: ExprView<'_>) -> String {
    let document = expr.document();
    let at = |id| our_expr(document.expression(id));
    let list = |list: List| join(expr.list(list).map(our_expr));
    match expr.kind() {
        ExprKind::Error => "error".to_owned(),
        ExprKind::SplatItem => "@".to_owned(),
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number | ExprKind::Variable | ExprKind::FunctionName => {
            expr.text().split_whitespace().collect()
        }
        ExprKind::GetAttr { on, name } => format!("(. {} {})", at(on), document.slice(name)),
        ExprKind::LegacyIndex { on, index } => format!("(legacy {} {})", at(on), document.slice(index)),
        ExprKind::Index { on, key } => format!("(index {} {})", at(on), at(key)),
        ExprKind::Splat { on, each, full } => format!("(splat {full} {} {})", at(on), at(each)),
        ExprKind::Call { name, arguments, expand } => format!("(call {} {expand} {})", at(name), list(arguments)),
        ExprKind::Template { heredoc: true, parts } => {
            let parts = expr.list(parts).filter(|part| !matches!(part.kind(), ExprKind::Literal { .. }));
            format!("(heredoc {})", join(parts.map(our_expr)))
        }
        ExprKind::Template { .. } if expr.as_string().is_some() => format!("{:?}", expr.as_string().unwrap()),
        ExprKind::Template { parts, .. } => format!("(template {})", list(parts)),
        ExprKind::Literal { trim_start, trim_end, .. } => {
            if trim_start || trim_end {
                "~".to_owned()
            } else {
                format!("{:?}", expr.literal_text().unwrap())
            }
        }
        ExprKind::Interpolation(inner) => format!("(${{ {})", at(inner)),
        ExprKind::IfDirective(_) => {
            let parts = expr.as_if_directive().unwrap();
            format!("(%if {} [{}] [{}])", at(parts.condition), list(parts.yes), list(parts.no))
        }
        ExprKind::ForDirective(_) => {
            let parts = expr.as_for_directive().unwrap();
            let key = parts.key.map(|span| document.slice(span));
            format!("(%for {key:?} {} {} [{}])", document.slice(parts.value), at(parts.collection), list(parts.body))
        }
        ExprKind::Unary { operator: UnaryOperator::Negate, operand } => format!("(- {})", at(operand)),
        ExprKind::Unary { operand, .. } => format!("(! {})", at(operand)),
        ExprKind::Binary { operator, left, right } => format!("({operator:?} {} {})", at(left), at(right)),
        ExprKind::Conditional { condition, yes, no } => format!("(? {} {} {})", at(condition), at(yes), at(no)),
        ExprKind::Paren(inner) => format!("(paren {})", at(inner)),
        ExprKind::Tuple(elements) => format!("[{}]", list(elements)),
        ExprKind::Object(entries) => format!("{{{}}}", list(entries)),
        ExprKind::For(_) => {
            let parts = expr.as_for().unwrap();
            let key_name = parts.key_name.map(|span| document.slice(span));
            let (key, condition) = (parts.key.map(at), parts.condition.map(at));
            let (name, collection, value) = (document.slice(parts.value_name), at(parts.collection), at(parts.value));
            format!("(for {key_name:?} {name} {collection} {key:?} {value} {} {condition:?})", parts.group)
        }
    }
}

fn their_expr(expr: &Expression, text: &str) -> String {
    let at = |expr: &Expression| their_expr(expr, text);
    match expr {
        Expression::Null(_) => "null".to_owned(),
        Expression::Bool(value) => value.to_string(),
        // A minus sign before a number is part of it there.
        Expression::Number(number) => match text[number.span().unwrap()].strip_prefix('-') {
            Some(digits) => format!("(- {})", digits.trim_start()),
            None => text[number.span().unwrap()].to_owned(),
        },
        Expression::String(value) => format!("{:?}", value.as_str()),
        Expression::Array(array) => format!("[{}]", join(array.iter().map(at))),
        Expression::Object(object) => format!(
            "{{{}}}",
            join(object.iter().map(|(key, value)| {
                let key = match key {
                    ObjectKey::Ident(name) => name.as_str().to_owned(),
                    ObjectKey::Expression(expr) => at(expr),
                };
                format!("{key} {}", at(value.expr()))
            }))
        ),
        Expression::StringTemplate(template) => format!("(template {})", elements(template.iter(), text)),
        Expression::HeredocTemplate(heredoc) => {
            let parts = heredoc.template.iter().filter(|part| !part.is_literal());
            format!("(heredoc {})", elements(parts, text))
        }
        Expression::Parenthesis(inner) => format!("(paren {})", at(inner.inner())),
        Expression::Variable(name) => name.as_str().to_owned(),
        Expression::Conditional(parts) => {
            format!("(? {} {} {})", at(&parts.cond_expr), at(&parts.true_expr), at(&parts.false_expr))
        }
        Expression::FuncCall(call) => {
            let names = call.name.namespace.iter().chain([&call.name.name]).map(|name| name.as_str());
            let name = names.collect::<Vec<_>>().join("::");
            format!("(call {name} {} {})", call.args.expand_final(), join(call.args.iter().map(at)))
        }
        Expression::Traversal(traversal) => traverse(at(&traversal.expr), &traversal.operators, text),
        Expression::UnaryOp(operation) => format!("({} {})", operation.operator.value().as_str(), at(&operation.expr)),
        Expression::BinaryOp(operation) => {
            let operator = binary_name(operation.operator.value().as_str());
            format!("({operator} {} {})", at(&operation.lhs_expr), at(&operation.rhs_expr))
        }
        Expression::ForExpr(parts) => for_expr(parts, text),
    }
}

fn for_expr(parts: &EditFor, text: &str) -> String {
    let intro = &parts.intro;
    let key_name = intro.key_var.as_ref().map(|name| name.as_str());
    let key = parts.key_expr.as_ref().map(|key| their_expr(key, text));
    let condition = parts.cond.as_ref().map(|condition| their_expr(&condition.expr, text));
    let (name, value) = (intro.value_var.as_str(), their_expr(&parts.value_expr, text));
    let collection = their_expr(&intro.collection_expr, text);
    format!("(for {key_name:?} {name} {collection} {key:?} {value} {} {condition:?})", parts.grouping)
}

/// What follows a splat belongs to its element, as in the reference.
fn traverse(mut on: String, steps: &[hcl_edit::Decorated<TraversalOperator>], text: &str) -> String {
    for (index, step) in steps.iter().enumerate() {
        let rest = &steps[index + 1..];
        on = match step.value() {
            TraversalOperator::GetAttr(name) => format!("(. {on} {})", name.as_str()),
            TraversalOperator::LegacyIndex(number) => format!("(legacy {on} {})", number.value()),
            TraversalOperator::Index(key) => format!("(index {on} {})", their_expr(key, text)),
            TraversalOperator::FullSplat(_) => {
                return format!("(splat true {on} {})", traverse("@".to_owned(), rest, text));
            }
            TraversalOperator::AttrSplat(_) => {
                let is_name = |step: &hcl_edit::Decorated<TraversalOperator>| {
                    matches!(step.value(), TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_))
                };
                let names = rest.iter().take_while(|step| is_name(step)).count();
                let each = traverse("@".to_owned(), &rest[..names], text);
                return traverse(format!("(splat false {on} {each})"), &rest[names..], text);
            }
        };
    }
    on
}

fn elements<'a>(parts: impl Iterator<Item = &'a Element>, text: &str) -> String {
    let parts: Vec<&Element> = parts.collect();
    join(parts.iter().enumerate().map(|(index, part)| match part {
        Element::Literal(literal) => {
            // Strip markers are known from the text around the literal.
            let span = literal.span().unwrap();
            let trimmed = text[..span.start].ends_with("~}")
                || ["${~", "%{~"].iter().any(|open| text[span.end..].starts_with(open));
            if trimmed && parts.len() > index { "~".to_owned() } else { format!("{:?}", literal.as_str()) }
        }
        Element::Interpolation(inner) => format!("(${{ {})", their_expr(&inner.expr, text)),
        Element::Directive(directive) => self::directive(directive, text),
    }))
}

fn directive(directive: &Directive, text: &str) -> String {
    let inner = |template: &Template| elements(template.iter(), text);
    match directive {
        Directive::If(parts) => {
            let no = parts.else_expr.as_ref().map(|no| inner(&no.template)).unwrap_or_default();
            let condition = their_expr(&parts.if_expr.cond_expr, text);
            format!("(%if {condition} [{}] [{no}])", inner(&parts.if_expr.template))
        }
        Directive::For(parts) => {
            let parts = &parts.for_expr;
            let key = parts.key_var.as_ref().map(|name| name.as_str());
            let collection = their_expr(&parts.collection_expr, text);
            format!("(%for {key:?} {} {collection} [{}])", parts.value_var.as_str(), inner(&parts.template))
        }
    }
}

fn binary_name(operator: &str) -> &'static str {
    let names = [
        ("||", "Or"),
        ("&&", "And"),
        ("==", "Equal"),
        ("!=", "NotEqual"),
        (">", "Greater"),
        (">=", "GreaterEqual"),
        ("<", "Less"),
        ("<=", "LessEqual"),
        ("+", "Add"),
        ("-", "Subtract"),
        ("*", "Multiply"),
        ("/", "Divide"),
        ("%", "Modulo"),
    ];
    names.iter().find(|(sign, _)| *sign == operator).unwrap().1
}
