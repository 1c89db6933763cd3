//! What holds for every text given to the PromQL and template parsers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use common::generator::{Generator, canonical};
use common::mutation::{self, Mutator};
use proptest::prelude::*;
use sprag::source::Span;
use sprag::syntax::promql::{self, At, AtTime, Duration, ExprId, ExprKind, MatchOperator, Modifiers, Name, Parsed};
use sprag::syntax::template::{self, Node, NodeKind};

fn text_of(span: Span, text: &str) -> &str {
    span.text(text.as_bytes())
}

fn names(labels: &[Name]) -> String {
    labels.iter().map(|label| label.text.as_str()).collect::<Vec<_>>().join(",")
}

/// The parsed tree in the form of `canonical`.
fn draw(parsed: &Parsed, id: ExprId, text: &str) -> String {
    let inner = |id: &ExprId| draw(parsed, *id, text);
    let all = |ids: &[ExprId]| ids.iter().map(inner).collect::<Vec<_>>().join(" ");
    let node = parsed.tree.get(id);
    match &node.kind {
        ExprKind::Number(_) | ExprKind::String(_) => text_of(node.span, text).to_owned(),
        ExprKind::Selector(selector) => {
            let name = selector.name.as_ref().map_or("", |name| name.text.as_str());
            let matchers: Vec<String> = selector.matchers.iter().map(|matcher| draw_matcher(matcher, text)).collect();
            format!("<{name}{{{}}}{}>", matchers.join(","), draw_modifiers(&selector.modifiers, text))
        }
        ExprKind::Range { operand, range, modifiers, .. } => {
            format!("<{}[{}]{}>", inner(operand), text_of(range.span, text), draw_modifiers(modifiers, text))
        }
        ExprKind::Subquery { operand, range, step, modifiers, .. } => {
            let step = step.map_or("", |step| text_of(step.span, text));
            format!("<{}[{}:{step}]{}>", inner(operand), text_of(range.span, text), draw_modifiers(modifiers, text))
        }
        ExprKind::Call { function, arguments } => format!("{}({})", function.text, all(arguments)),
        ExprKind::Aggregate { operator, arguments, grouping, .. } => {
            let word = |without| if without { "without" } else { "by" };
            let grouping = grouping.as_ref().map(|found| format!(" {}({})", word(found.without), names(&found.labels)));
            format!("{}{}({})", operator.name(), grouping.unwrap_or_default(), all(arguments))
        }
        ExprKind::Binary { operator, left, right, matching, .. } => {
            let mut words = String::new();
            words += if matching.returns_bool.is_some() { " bool" } else { "" };
            if let Some(found) = &matching.labels {
                words += &format!(" {}({})", if found.on { "on" } else { "ignoring" }, names(&found.labels));
            }
            if let Some(found) = &matching.group {
                words += &format!(" group_{}({})", if found.left { "left" } else { "right" }, names(&found.labels));
            }
            format!("({} {}{words} {})", inner(left), operator.symbol(), inner(right))
        }
        ExprKind::Unary { negative, operand } => format!("{}({})", if *negative { "-" } else { "+" }, inner(operand)),
        ExprKind::Paren(operand) => inner(operand),
        ExprKind::Hole | ExprKind::Error => "?".to_owned(),
    }
}

fn draw_matcher(matcher: &promql::Matcher, text: &str) -> String {
    let operator = match matcher.operator {
        MatchOperator::Equal => "=",
        MatchOperator::NotEqual => "!=",
        MatchOperator::Matches => "=~",
        MatchOperator::MatchesNot => "!~",
    };
    assert_eq!(text_of(matcher.operator_span, text), operator);
    format!("{}{operator}{}", text_of(matcher.label.span, text), text_of(matcher.value.span, text))
}

fn draw_modifiers(modifiers: &Modifiers, text: &str) -> String {
    let signed = |duration: Duration| text_of(duration.span, text).replace([' ', '\n', '\t', '\r'], "");
    let time = |at: &At| match at.time {
        AtTime::Timestamp(seconds) => seconds.to_string(),
        AtTime::Start => "start()".to_owned(),
        AtTime::End => "end()".to_owned(),
        AtTime::Hole => "?".to_owned(),
    };
    let at = modifiers.at.as_ref().map_or(String::new(), |at| format!(" @ {}", time(at)));
    at + &modifiers.offset.map_or(String::new(), |offset| format!(" offset {}", signed(offset)))
}

/// Everything that must hold whatever the text is.
fn check_expression(text: &str) {
    let parsed = promql::parse(text, &promql::Options::default());
    for error in &parsed.errors {
        check_span(error.span, text);
        assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{}", error.message);
    }
    for (id, node) in parsed.tree.iter() {
        check_span(node.span, text);
        for operand in operands(&node.kind) {
            assert!(operand < id, "operands come first");
            let inner = parsed.tree.get(operand).span;
            assert!(node.span.covers(inner), "{:?} in {:?} of {text:?}", inner, node.span);
        }
    }
    assert_eq!(parsed.tree.root().index() + 1, parsed.tree.len(), "the root is last in {text:?}");
    assert_eq!(promql::parse(text, &promql::Options::default()).errors, parsed.errors);
    let _ = promql::metric_names(&parsed).count();
}

fn operands(kind: &ExprKind) -> Vec<ExprId> {
    match kind {
        ExprKind::Range { operand, .. } | ExprKind::Subquery { operand, .. } | ExprKind::Unary { operand, .. } => {
            vec![*operand]
        }
        ExprKind::Paren(operand) => vec![*operand],
        ExprKind::Call { arguments, .. } | ExprKind::Aggregate { arguments, .. } => arguments.clone(),
        ExprKind::Binary { left, right, .. } => vec![*left, *right],
        _ => Vec::new(),
    }
}

fn check_span(span: Span, text: &str) {
    let range = span.start as usize..span.end as usize;
    assert!(text.get(range).is_some(), "{span:?} is no part of {text:?}");
}

fn check_template(text: &str) {
    let parsed = template::parse(text, &template::Options::default());
    for error in &parsed.errors {
        check_span(error.span, text);
        assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{}", error.message);
    }
    let end = check_nodes(&parsed.nodes, 0, text);
    assert!(end as usize <= text.len());
    for pipeline in parsed.pipelines() {
        check_span(pipeline.span, text);
        pipeline.commands.iter().for_each(|command| assert!(!command.operands.is_empty()));
    }
}

/// Nodes follow each other and lie inside of their parents.
fn check_nodes(nodes: &[Node], start: u32, text: &str) -> u32 {
    let mut at = start;
    for node in nodes {
        check_span(node.span, text);
        assert!(node.span.start >= at, "{:?} before {at} in {text:?}", node.span);
        if let NodeKind::Define { body, .. } = &node.kind {
            assert!(check_nodes(body, node.span.start, text) <= node.span.end);
        }
        at = node.span.end;
    }
    at
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_parsed(text in any::<String>()) {
        check_expression(&text);
        check_template(&text);
        check_template(&format!("{{{{{text}}}}}"));
    }

    #[test]
    fn any_pieces_are_parsed(pieces in proptest::collection::vec(proptest::sample::select(mutation::PROMQL.to_vec()), 0..40)) {
        check_expression(&pieces.concat());
        check_expression(&pieces.join(" "));
    }

    #[test]
    fn any_pieces_with_holes_are_parsed(
        pieces in proptest::collection::vec(proptest::sample::select(mutation::PROMQL.to_vec()), 0..20),
        hole in proptest::sample::select(vec!["$x", "${x}", "[[x]]", "{{ x }}", "%{ if x }", "$__interval", "é", "\u{fffd}"]),
        at in 0..20usize,
    ) {
        let at = at.min(pieces.len());
        check_expression(&[&pieces[..at], &[hole], &pieces[at..]].concat().concat());
    }

    #[test]
    fn any_template_pieces_are_parsed(pieces in proptest::collection::vec(proptest::sample::select(mutation::TEMPLATES.to_vec()), 0..40)) {
        check_template(&pieces.concat());
        check_template(&format!("{{{{{}}}}}", pieces.join(" ")));
    }

    #[test]
    fn printed_trees_are_read_back(seed in any::<u64>(), depth in 0..6usize) {
        let mut generator = Generator::new(seed);
        let ast = generator.expression(depth);
        let text = generator.print(&ast);
        let parsed = promql::parse(&text, &promql::Options { version: promql::Version::V2_42 });
        prop_assert_eq!(&parsed.errors, &[], "{}", text);
        prop_assert_eq!(draw(&parsed, parsed.tree.root(), &text), canonical(&ast), "{}", text);
        check_expression(&text);
    }

    #[test]
    fn changed_expressions_are_parsed(seed in any::<u64>()) {
        let seeds = vec![Generator::text(seed, 4)];
        check_expression(&Mutator::new(seed).change(&seeds, &mutation::PROMQL));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn deep_nesting_is_reported(open in proptest::sample::select(vec!["(", "-(", "sum(", "rate(x[5m:", "x + (", "{", "x^", "-", "x[(", "$x{", "[["]), count in 300..20_000usize) {
        let text = open.repeat(count);
        check_expression(&text);
        check_template(&format!("{{{{ {text} }}}}"));
    }
}
