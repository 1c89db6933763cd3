//! See `lints/alerts/constant-value/README.md`.

use super::texts::texts;
use crate::linter::{Check, Reporter, TypedRules};

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for text in texts(rules) {
        let Some(value) = text.typed.inference.result().sample.constant else { continue };
        for print in text.own_values() {
            let place = rules.place(&text.pair.value, print.action);
            let message = format!("this always prints {value}: the value of the expression is never another");
            let finding = out.finding(place, message).subject(text.rule.view.name());
            out.report(finding.help("say in words what is wrong, or query the figure that is of interest"));
        }
    }
}
