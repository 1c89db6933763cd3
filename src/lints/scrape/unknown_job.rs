//! See `lints/scrape/unknown-job/README.md`.

use std::collections::BTreeSet;

use crate::diagnostic::Location;
use crate::linter::{Check, Monitoring, Reporter, RuleUnit};
use crate::prometheus::scrape::{Pattern, ScrapeModel};
use crate::prometheus::{Dialect, Language, Origin};
use crate::suggest;
use crate::syntax::promql::{ExprKind, MatchOperator, Matcher, Selector};

pub(crate) const CHECK: Check = Check::Monitoring(check);

fn check(monitoring: &Monitoring<'_>, out: &mut Reporter<'_>) {
    // Configurations that nobody named may lie where nobody looked.
    let is_certain = monitoring.is_whole || !monitoring.config.alerts.scrape.is_empty();
    if !is_certain || !monitoring.scrape.jobs_are_known() {
        return;
    }
    let recorded: BTreeSet<&str> = monitoring
        .all_units
        .iter()
        .flat_map(|unit| unit.rules())
        .filter_map(|view| view.rule.record.as_ref())
        .map(|name| name.value.as_str())
        .collect();
    for unit in monitoring.units.iter().filter(|unit| is_run_by_server(unit)) {
        for view in unit.rules().filter(|view| view.group.language == Language::PromQl) {
            let Some((text, parsed)) = view.expression.filter(|(_, parsed)| parsed.errors.is_empty()) else { continue };
            for (_, node) in parsed.tree.iter() {
                let ExprKind::Selector(selector) = &node.kind else { continue };
                let Some(name) = selector.name.as_ref().filter(|name| !name.opaque) else { continue };
                // A rule may give what it records any job.
                if recorded.contains(name.text.as_str()) || matches!(name.text.as_str(), "ALERTS" | "ALERTS_FOR_STATE")
                {
                    continue;
                }
                let Some(jobs) = monitoring.scrape.jobs_of(&name.text) else { continue };
                for matcher in impossible(selector, &jobs) {
                    let place = unit.location(text.map.place(matcher.value.span));
                    report(monitoring.scrape, matcher, &jobs, place, view.name(), out);
                }
            }
        }
    }
}

/// Whether the Prometheus servers of the configurations run the rules: an operator loads Kubernetes objects into servers
/// with jobs of their own, and rulers such as Thanos see the jobs of many servers.
fn is_run_by_server(unit: &RuleUnit) -> bool {
    let is_object = |origin: &Origin| matches!(origin, Origin::Manifest { .. });
    unit.rules.sets.iter().all(|set| set.dialect == Dialect::Prometheus && !is_object(&set.origin))
}

/// The matchers on `job` that none of `jobs` fits.
fn impossible<'s>(selector: &'s Selector, jobs: &BTreeSet<&str>) -> Vec<&'s Matcher> {
    let on_job = selector.matchers.iter().filter(|matcher| matcher.label.text == "job" && !matcher.value.opaque);
    let fits_none = |matcher: &&Matcher| {
        // The empty value stands for series without a job.
        let value = matcher.value.value.as_str();
        match matcher.operator {
            MatchOperator::Equal => !value.is_empty() && !jobs.contains(value),
            MatchOperator::Matches => {
                let pattern = Pattern::new(value);
                matcher.matches_empty == Some(false) && jobs.iter().all(|job| pattern.matches(job) == Some(false))
            }
            MatchOperator::NotEqual | MatchOperator::MatchesNot => false,
        }
    };
    on_job.filter(fits_none).collect()
}

fn report(
    scrape: &ScrapeModel,
    matcher: &Matcher,
    jobs: &BTreeSet<&str>,
    place: Location,
    subject: &str,
    out: &mut Reporter<'_>,
) {
    let value = matcher.value.value.as_str();
    let list = suggest::quote_all(jobs.iter().copied());
    let (message, help) = if matcher.operator == MatchOperator::Equal {
        let help = match suggest::closest(value, jobs.iter().copied()) {
            Some(close) => format!("did you mean `{close}`? the jobs are {list}"),
            None => format!("the jobs are {list}"),
        };
        (format!("no scrape configuration has the job `{value}`"), help)
    } else {
        (format!("no scrape configuration has a job that `{value}` matches"), format!("the jobs are {list}"))
    };
    let finding = out.finding(place, message).help(help).subject(subject);
    let close = suggest::closest(value, jobs.iter().copied());
    let named = scrape.jobs().find(|job| close.is_some() && job.name() == close);
    out.report(match named.and_then(|job| job.name.as_ref()) {
        Some(name) => finding.label(name.place, "a job that is scraped"),
        None => finding,
    });
}
