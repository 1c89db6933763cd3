//! See `lints/alerts/useless-for/README.md`.

use crate::config::Config;
use crate::linter::{Check, Reporter, RuleUnit};
use crate::prometheus::{Duration, Field};

pub(crate) const CHECK: Check = Check::Rules(check);

fn check(unit: &RuleUnit, out: &mut Reporter<'_>) {
    let for_is_demanded = demands_for(out.config());
    for view in unit.alerts() {
        let fields = [("for", &view.rule.for_), ("keep_firing_for", &view.rule.keep_firing_for)];
        for (key, field) in fields {
            let Some(field) = field.as_ref().filter(|field| is_zero(field)) else { continue };
            if key == "for" && for_is_demanded {
                continue;
            }
            let message = format!("`{key}` of no time says what is so without it");
            let finding = out.finding(unit.location(field.key.to(field.span)), message);
            out.report(finding.help(format!("delete `{key}`, or give it a time")).subject(view.name()));
        }
    }
}

fn is_zero(field: &Field<Option<Duration>>) -> bool {
    field.value.is_some_and(Duration::is_zero)
}

/// Whether every alert has to say its `for`: then a zero is a decision.
fn demands_for(config: &Config) -> bool {
    const DEMAND: &str = "alerts/missing-for";
    let rules = &config.lint.rules;
    let is_enabled = rules.enable.iter().any(|selector| selector.value.covers(DEMAND))
        || rules.severity.iter().any(|entry| entry.key.value.covers(DEMAND));
    is_enabled && !rules.ignore.iter().any(|selector| selector.value.covers(DEMAND))
}
