//! See `lints/alerts/never-loaded/README.md`.

use crate::linter::{Check, Monitoring, Reporter};
use crate::source::Span;

pub(crate) const CHECK: Check = Check::Monitoring(check);

fn check(monitoring: &Monitoring<'_>, out: &mut Reporter<'_>) {
    let patterns = monitoring.scrape.files().iter().find_map(|file| file.rule_files.first());
    for unit in monitoring.units.iter().filter(|unit| monitoring.never_loaded.contains(&unit.file)) {
        let first = unit.rules.rules().next().map_or(Span::at(0), |(_, rule)| rule.place());
        let finding =
            out.finding(unit.location(first), "no `rule_files` name this file: Prometheus never loads its rules");
        let finding = finding.help("add it to `rule_files`, or move it to where a pattern finds it");
        out.report(match patterns {
            Some(pattern) => finding.label(pattern.place, "what is loaded"),
            None => finding,
        });
    }
}
