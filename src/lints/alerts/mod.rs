//! Lints of rule files.

mod missing_key;
mod texts;

pub(super) mod constant_value;
pub(super) mod cross_group_record;
pub(super) mod duplicate_group;
pub(super) mod duplicate_rule;
pub(super) mod duration_unit;
pub(super) mod ignored_document;
pub(super) mod indistinct_text;
pub(super) mod label_clash;
pub(super) mod long_interval;
pub(super) mod missing_description;
pub(super) mod missing_for;
pub(super) mod missing_required_alert;
pub(super) mod missing_severity;
pub(super) mod missing_summary;
pub(super) mod never_loaded;
pub(super) mod no_condition;
pub(super) mod overridden_label;
pub(super) mod ratio_as_percent;
pub(super) mod required_alert_differs;
pub(super) mod schema;
pub(super) mod stale_without_absent;
pub(super) mod template_misuse;
pub(super) mod too_few_alerts;
pub(super) mod uncovered_domain;
pub(super) mod unknown_name_in_text;
pub(super) mod unknown_severity;
pub(super) mod unknown_template_label;
pub(super) mod useless_for;

/// Whether `value` is known only when it is filled in: by Prometheus (`{{ }}`), or by `templatefile` (`${ }`).
fn is_filled_in(value: &str) -> bool {
    value.contains("{{") || value.contains("${")
}
