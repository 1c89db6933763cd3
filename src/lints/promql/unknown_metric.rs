//! See `lints/promql/unknown-metric/README.md`.

use super::{name_span, selectors, severity};
use crate::linter::{Check, Reporter, TypedExpression, TypedRules};
use crate::prometheus::catalogue::Catalogues;
use crate::prometheus::infer::{Knowledge, Metric, Origin, Selected};
use crate::syntax::promql::ExprKind;

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for (view, typed, selected) in selectors(rules) {
        let place = || rules.place(typed.text, name_span(selected));
        let name = selected.name.unwrap_or_default();
        if let Some(dropped) = selected.dropped {
            let message = format!("scraping drops `{name}`: it is never stored");
            let finding = out.finding(place(), message).label(dropped, "dropped here");
            out.report(finding.help("keep it there, or alert on something else").subject(view.name()));
            continue;
        }
        let Origin::Exporter(Metric::Missing { exporter, certain }) = &selected.origin else { continue };
        if !certain && is_native_histogram(typed, selected, rules.monitoring.world.catalogues()) {
            continue;
        }
        let message = format!("`{exporter}` has no metric `{name}`");
        let evidence = rules.monitoring.world.evidence(name);
        let finding = out.finding_of(severity(*certain), place(), message).note(format!("not in {evidence}"));
        let help = match rules.monitoring.world.advice(name) {
            Some(advice) => advice,
            None => "correct the name, or add the dump that has it as `catalogue` to `.sprag.hcl`".to_owned(),
        };
        out.report(finding.help(help).subject(view.name()));
    }
}

/// Whether the selector asks for a histogram as a whole: later versions have native ones, without `_bucket`.
fn is_native_histogram(typed: &TypedExpression<'_>, selected: &Selected<'_>, catalogues: &Catalogues) -> bool {
    let name = selected.name.unwrap_or_default();
    let is_histogram = catalogues.lookup(name).iter().any(|fact| !fact.has_series());
    let tree = &typed.parsed.tree;
    let mut calls = tree.iter().filter_map(|(_, node)| match &node.kind {
        ExprKind::Call { function, arguments } if function.text.starts_with("histogram_") => Some(arguments),
        _ => None,
    });
    let place = tree.get(selected.id).span;
    is_histogram && calls.any(|arguments| arguments.iter().any(|argument| tree.get(*argument).span.covers(place)))
}
