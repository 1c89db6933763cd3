//! See `lints/promql/collector-off/README.md`.

use super::{name_span, selectors};
use crate::diagnostic::Severity;
use crate::linter::{Check, Reporter, TypedRules};

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for (view, typed, selected) in selectors(rules) {
        let Some(name) = selected.name else { continue };
        let Some(collector) = rules.monitoring.knowledge().collector(name) else { continue };
        let (exporter, part, switch) = (&collector.exporter, &collector.name, &collector.switch);
        let place = rules.place(typed.text, name_span(selected));
        // Where nothing says what is deployed, it may well be on.
        let severity = match (collector.is_certain, collector.is_said) {
            (true, _) => Severity::Error,
            (false, true) => Severity::Warning,
            (false, false) => Severity::Note,
        };
        let message = match collector.is_certain {
            true => format!("`{name}` is never there: `{part}` of `{exporter}` is off where it is deployed"),
            false => format!("`{name}` is there only where `{part}` of `{exporter}` is switched on"),
        };
        let help = match switch.starts_with('-') {
            true => format!("start it with `{switch}`, or say in `.sprag.hcl` that it is: `collectors = [\"{part}\"]`"),
            false => format!("install `{switch}`, or say in `.sprag.hcl` that it is: `collectors = [\"{part}\"]`"),
        };
        let finding = out.finding_of(severity, place, message).note(collector.evidence);
        out.report(finding.help(help).subject(view.name()));
    }
}
