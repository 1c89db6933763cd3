//! See `lints/alerts/ratio-as-percent/README.md`.

use super::texts::{AlertText, applies, texts, thresholds};
use crate::diagnostic::{Applicability, Edit, Fix};
use crate::linter::{Check, Reporter, TypedRules};
use crate::prometheus::infer::Base;
use crate::prometheus::message::Print;
use crate::source::Span;

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for text in texts(rules) {
        let unit = text.typed.inference.result().sample.unit;
        if !unit.is_quotient() {
            continue;
        }
        let bounds = thresholds(&text.typed.parsed.tree);
        for print in text.own_values() {
            let is_humanized = applies(print, "humanizePercentage");
            if unit.is_plain() && !is_humanized && is_share(&bounds) {
                if let Some(sign) = percent_sign(&text, print) {
                    report_share(rules, out, &text, print, sign);
                }
            } else if unit.is_percent() && is_humanized && bounds.iter().any(|bound| *bound > 1.0) {
                report_percentage(rules, out, &text, print);
            }
        }
    }
}

/// Whether the value is compared as a share of a whole.
fn is_share(bounds: &[f64]) -> bool {
    !bounds.is_empty()
        && bounds.iter().all(|bound| (0.0..=1.0).contains(bound))
        && bounds.iter().any(|bound| *bound > 0.0)
}

/// The `%` right after the value, in the text or in the format of `printf`.
fn percent_sign(text: &AlertText<'_, '_>, print: &Print<'_>) -> Option<Span> {
    let after = print.after.text(text.pair.value.value.as_bytes());
    let blanks = after.len() - after.trim_start_matches([' ', '\u{a0}']).len();
    if blanks <= 2 && after[blanks..].starts_with('%') {
        let start = print.after.start + u32::try_from(blanks).ok()?;
        return Some(Span::new(start, start + 1));
    }
    print.format.is_some_and(|format| format.trim_end().ends_with("%%")).then_some(print.action)
}

fn report_share(
    rules: &TypedRules<'_>,
    out: &mut Reporter<'_>,
    text: &AlertText<'_, '_>,
    print: &Print<'_>,
    sign: Span,
) {
    let value = &text.pair.value;
    let whole = print.action.to(sign);
    let message = "a ratio is printed as a percentage: 0.8 shows as \"0.8%\", not as \"80%\"";
    let mut finding = out.finding(rules.place(value, whole), message).subject(text.rule.view.name());
    finding = finding.help("let the template do it: `{{ $value | humanizePercentage }}`, without a `%` after it");
    let is_simple = print.functions.iter().all(|(name, _)| matches!(*name, "humanize" | "printf" | "print"));
    if is_simple && value.map.is_exact() {
        let is_certain = text.typed.inference.result().sample.unit.base == Base::Ratio;
        let applicability = if is_certain { Applicability::Safe } else { Applicability::Unsafe };
        let edit = Edit { location: rules.place(value, whole), text: "{{ $value | humanizePercentage }}".to_owned() };
        finding = finding.fix(Fix { applicability, edits: vec![edit] });
    }
    out.report(finding);
}

fn report_percentage(rules: &TypedRules<'_>, out: &mut Reporter<'_>, text: &AlertText<'_, '_>, print: &Print<'_>) {
    let place =
        print.functions.iter().find(|(name, _)| *name == "humanizePercentage").map_or(print.action, |(_, span)| *span);
    let message = "`humanizePercentage` takes a ratio, this value is a percentage already: 80 shows as \"8000%\"";
    let finding = out.finding(rules.place(&text.pair.value, place), message).subject(text.rule.view.name());
    out.report(finding.help("print it as it is, `{{ $value | humanize }}%`, or leave out the factor of 100"));
}
