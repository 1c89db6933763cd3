//! See `lints/alerts/ignored-document/README.md`.

use crate::linter::{Check, Reporter, RuleUnit};
use crate::source::Span;

pub(crate) const CHECK: Check = Check::Rules(check);

fn check(unit: &RuleUnit, out: &mut Reporter<'_>) {
    for document in &unit.rules.ignored {
        let place = unit.location(Span::at(document.start));
        out.report(
            out.finding(place, "Prometheus reads only the first document of a rule file and ignores this one")
                .help("move its groups into the first document, or into a file of their own"),
        );
    }
}
