//! See `lints/promql/unknown-metric/README.md`.

use super::{name_span, selectors, severity};
use crate::linter::{Check, Reporter, TypedRules};
use crate::prometheus::infer::{Knowledge, Metric, Origin};

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
