//! See `lints/alerts/duration-unit/README.md`.

use super::texts::texts;
use crate::linter::{Check, Reporter, TypedRules};
use crate::prometheus::infer::{Base, Unit};

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for text in texts(rules) {
        let unit = text.typed.inference.result().sample.unit;
        for print in text.own_values() {
            for (function, span) in &print.functions {
                let Some((wanted, help)) = mistake(function, unit) else { continue };
                let place = rules.place(&text.pair.value, *span);
                let message = format!("`{function}` takes {wanted}, this value is {}", measured(unit));
                out.report(out.finding(place, message).help(help).subject(text.rule.view.name()));
            }
        }
    }
}

/// What a function wants, and what to do, where it gets something else.
fn mistake(function: &str, unit: Unit) -> Option<(&'static str, &'static str)> {
    let is_known = unit.base != Base::Unknown;
    match function {
        "humanizeDuration" if unit.base == Base::Seconds && !unit.is_plain() => {
            Some(("seconds", "leave the conversion out of the expression, and compare with seconds"))
        }
        "humanizeDuration" if unit.base == Base::Timestamp => {
            Some(("seconds", "subtract it from `time()`, or use `humanizeTimestamp`"))
        }
        "humanizeDuration" if matches!(unit.base, Base::Bytes | Base::BytesPerSecond) => {
            Some(("seconds", "use `humanize1024`"))
        }
        "humanizeTimestamp" if unit.base == Base::Seconds => {
            Some(("a time in seconds since 1970", "use `humanizeDuration`"))
        }
        "humanizeTimestamp" if unit.base == Base::Timestamp && !unit.is_plain() => {
            Some(("a time in seconds since 1970", "leave the conversion out of the expression"))
        }
        "humanizeTimestamp" if is_known && matches!(unit.base, Base::Bytes | Base::BytesPerSecond) => {
            Some(("a time in seconds since 1970", "use `humanize1024`"))
        }
        _ => None,
    }
}

/// A unit for people.
fn measured(unit: Unit) -> String {
    let scaled = |base: &str| format!("in {base}, times {}", unit.scale);
    let is_near = |scale: f64| (unit.scale / scale - 1.0).abs() < 1e-6;
    match unit.base {
        Base::Seconds if unit.is_plain() => "a time span".to_owned(),
        Base::Seconds if is_near(1.0 / 60.0) => "in minutes".to_owned(),
        Base::Seconds if is_near(1.0 / 3600.0) => "in hours".to_owned(),
        Base::Seconds if is_near(1.0 / 86400.0) => "in days".to_owned(),
        Base::Seconds if is_near(1e3) => "in milliseconds".to_owned(),
        Base::Seconds if is_near(1e6) => "in microseconds".to_owned(),
        Base::Seconds if is_near(1e9) => "in nanoseconds".to_owned(),
        Base::Seconds => scaled("seconds"),
        Base::Timestamp if unit.is_plain() => "a moment, in seconds since 1970".to_owned(),
        Base::Timestamp => scaled("seconds since 1970"),
        Base::Bytes => "a number of bytes".to_owned(),
        Base::BytesPerSecond => "in bytes per second".to_owned(),
        _ => "something else".to_owned(),
    }
}
