#![expect(clippy::needless_pass_by_value, reason = "`json!` makes values")]

use serde_json::json;

use super::*;
use crate::config::{Located, Wildcard};
use crate::drift::{Checkout, Verdict, judge};

const VM: &str = "proxmox_virtual_environment_vm";

fn entry(name: &str, change: Value) -> Value {
    json!({"address": format!("{VM}.{name}"), "mode": "managed", "type": VM, "change": change})
}

fn update(before: Value, after: Value) -> Value {
    json!({"actions": ["update"], "before": before, "after": after})
}

fn find_with(drift: Value, changes: Value, rules: &[IgnoreRule]) -> Changes {
    let text = json!({"format_version": "1.2", "resource_drift": drift, "resource_changes": changes}).to_string();
    let today = Date::new(2026, 6, 1).unwrap();
    find_changes(&Plan::parse(&text).unwrap(), &Masker::default(), Ignores { rules, today }).unwrap()
}

fn find(drift: Value, changes: Value) -> Changes {
    find_with(drift, changes, &[])
}

/// One attribute of one guest as of the last apply, in reality, and in the code.
fn three(prior: Value, real: Value, desired: Value) -> Changes {
    let object = |value: Value| json!({ "memory": value });
    let drift = entry("a", update(object(prior), object(real.clone())));
    find(json!([drift]), json!([entry("a", update(object(real), object(desired)))]))
}

fn only(changes: &Changes) -> &Change {
    assert_eq!(changes.rows.len(), 1, "{changes:?}");
    &changes.rows[0]
}

fn verdict(changes: &Changes) -> Verdict {
    judge(&changes.rows, &Checkout::default())
}

#[test]
fn manual_change_is_drift() {
    let found = three(json!(2048), json!(3072), json!(2048));
    let row = only(&found);
    assert_eq!((row.cause, row.kind, row.path.as_str()), (Cause::Manual, ChangeKind::Modify, "memory"));
    assert_eq!((row.expected.as_str(), row.actual.as_str()), ("2048", "3072"));
    assert_eq!(verdict(&found), Verdict::Drift);
}

#[test]
fn manual_change_and_new_code_is_a_conflict() {
    let found = three(json!(2048), json!(3072), json!(8192));
    assert_eq!((only(&found).cause, verdict(&found)), (Cause::Conflict, Verdict::Drift));
}

#[test]
fn code_ahead_is_pending() {
    let found = three(json!(2048), json!(2048), json!(8192));
    assert_eq!((only(&found).cause, verdict(&found)), (Cause::Ahead, Verdict::Pending));
    let without_drift = find(json!([]), json!([entry("a", update(json!({"m": 1}), json!({"m": 2})))]));
    assert_eq!((only(&without_drift).cause, verdict(&without_drift)), (Cause::Ahead, Verdict::Pending));
}

#[test]
fn converged_is_benign() {
    let drift = entry("a", update(json!({"m": 1, "n": 1}), json!({"m": 2, "n": 1})));
    let found = find(json!([drift]), json!([entry("a", update(json!({"m": 2, "n": 1}), json!({"m": 2, "n": 5})))]));
    assert_eq!((only(&found).path.as_str(), found.benign, verdict(&found)), ("n", 1, Verdict::Pending));
}

#[test]
fn deleted_by_hand_is_drift() {
    let drift = entry("a", json!({"actions": ["delete"], "before": {"name": "a"}, "after": null}));
    let create = entry("a", json!({"actions": ["create"], "before": null, "after": {"name": "a"}}));
    let found = find(json!([drift]), json!([create, entry("b", json!({"actions": ["no-op"]}))]));
    let row = only(&found);
    assert_eq!((row.cause, row.kind, row.path.as_str()), (Cause::Deleted, ChangeKind::Delete, ""));
    assert_eq!((row.expected.as_str(), row.actual.as_str()), ("{\"name\":\"a\"}", "null"));
    assert!(verdict(&found) == Verdict::Drift && !found.is_suspect);
}

#[test]
fn declared_and_never_created_is_pending() {
    let found = find(json!([]), json!([entry("a", json!({"actions": ["create"], "after": {"name": "a"}}))]));
    let row = only(&found);
    assert_eq!((row.cause, row.kind, verdict(&found)), (Cause::Ahead, ChangeKind::Add, Verdict::Pending));
}

#[test]
fn no_longer_declared_is_pending() {
    let found = find(json!([]), json!([entry("a", json!({"actions": ["delete"], "before": {"name": "a"}}))]));
    let row = only(&found);
    assert_eq!((row.cause, row.kind, verdict(&found)), (Cause::Ahead, ChangeKind::Delete, Verdict::Pending));
    assert!(row.flags.dangerous);
}

#[test]
fn drift_that_the_code_does_not_mind_is_benign() {
    let drift = entry("a", update(json!({"ip": "a", "mac": ["x"]}), json!({"ip": "b", "mac": ["y"]})));
    let found = find(json!([drift]), json!([entry("a", json!({"actions": ["no-op"]}))]));
    assert!(found.rows.is_empty());
    assert_eq!((found.benign, verdict(&found)), (2, Verdict::Conforming));
    let gone = entry("b", json!({"actions": ["delete"], "before": {"ip": "a"}}));
    assert_eq!(find(json!([gone]), json!([])).benign, 1, "deleted by hand and from the code");
}

#[test]
fn kinds_are_seen_from_reality() {
    let kind = |real: Value, desired: Value| only(&three(real.clone(), real, desired)).kind;
    assert_eq!(kind(Value::Null, json!(1)), ChangeKind::Delete);
    assert_eq!(kind(json!(1), Value::Null), ChangeKind::Add);
    assert_eq!(kind(json!(1), json!(2)), ChangeKind::Modify);
}

#[test]
fn one_sort_of_nothing_for_another_is_flagged() {
    for (real, desired) in [(json!(null), json!("")), (json!([]), json!(null)), (json!({}), json!([]))] {
        assert!(only(&three(desired.clone(), real, desired)).flags.empty_equivalent);
    }
    assert!(!only(&three(json!("a"), json!(""), json!("a"))).flags.empty_equivalent);
}

#[test]
fn replacement_is_dangerous_and_first() {
    let change = json!({"actions": ["delete", "create"], "before": {"node_name": "b", "id": "1"},
        "after": {"node_name": "a"}, "after_unknown": {"id": true}, "replace_paths": [["node_name"]]});
    let drift = entry("z", update(json!({"node_name": "a", "id": "1"}), json!({"node_name": "b", "id": "1"})));
    let other = entry("a", update(json!({"m": 1}), json!({"m": 2})));
    let found = find(json!([drift]), json!([other, entry("z", change)]));
    let rows: Vec<_> = found.rows.iter().map(|row| (row.address.as_str(), row.flags.dangerous)).collect();
    assert_eq!(rows, [("proxmox_virtual_environment_vm.z", true), ("proxmox_virtual_environment_vm.a", false)]);
}

#[test]
fn sensitive_on_any_side_of_any_entry_is_masked() {
    let marked = |side: &str| {
        let mut change = update(json!({"x": "hunter2"}), json!({"x": "hunter3"}));
        change[side] = json!({"x": true});
        change
    };
    let plain = || update(json!({"x": "hunter2"}), json!({"x": "hunter3"}));
    for side in ["before_sensitive", "after_sensitive"] {
        let by_change = find(json!([entry("a", plain())]), json!([entry("a", marked(side))]));
        let by_drift = find(json!([entry("a", marked(side))]), json!([entry("a", plain())]));
        for found in [by_change, by_drift] {
            assert_eq!(only(&found).expected, "\"(sensitive)\"");
            assert!(!format!("{found:?}").contains("hunter"));
        }
    }
    let named = |key: &str| json!({"initialization": [{ key: "hunter2" }]});
    let found = find(json!([]), json!([entry("a", update(named("none"), named("password")))]));
    let password = found.rows.iter().find(|row| row.path.ends_with("password")).unwrap();
    assert_eq!(password.expected, "\"(sensitive)\"", "named like a secret");
}

fn deleted(names: &[&str], kept: &[&str]) -> Changes {
    let gone = |action: &str, name: &&str| entry(name, json!({"actions": [action]}));
    let drift: Vec<Value> = names.iter().map(|name| gone("delete", name)).collect();
    let created = names.iter().map(|name| gone("create", name));
    find(json!(drift), created.chain(kept.iter().map(|name| gone("no-op", name))).collect())
}

#[test]
fn many_or_all_guests_gone_at_once_is_suspect() {
    assert!(!deleted(&["a"], &["b"]).is_suspect);
    assert!(!deleted(&["a", "b"], &["c"]).is_suspect);
    assert!(deleted(&["a", "b", "c"], &["d"]).is_suspect, "three");
    assert!(deleted(&["a", "b"], &[]).is_suspect, "all");
    assert_eq!(verdict(&deleted(&["a", "b"], &[])), Verdict::Drift);
    assert!(!find(json!([]), json!([entry("a", json!({"actions": ["create"]}))])).is_suspect, "never created");
}

#[test]
fn what_is_left_behind_by_a_failed_replacement_is_pending() {
    let mut deposed = entry("a", json!({"actions": ["delete"], "before": {"name": "old"}}));
    deposed["deposed"] = json!("0a1b2c3d");
    let drift = entry("a", update(json!({"m": 1}), json!({"m": 2})));
    let found = find(json!([drift]), json!([deposed, entry("a", json!({"actions": ["no-op"]}))]));
    assert_eq!((only(&found).cause, found.benign), (Cause::Ahead, 1));
}

#[test]
fn data_sources_are_not_resources() {
    let mut data = entry("a", json!({"actions": ["read"], "after": {"x": 1}}));
    data["mode"] = json!("data");
    assert_eq!(find(json!([data.clone()]), json!([data])), Changes::default());
}

#[test]
fn tainted_has_a_row_of_its_own() {
    let mut tainted = entry("a", json!({"actions": ["delete", "create"], "before": {"m": 1}, "after": {"m": 1}}));
    tainted["action_reason"] = json!("replace_because_tainted");
    let found = find(json!([]), json!([tainted]));
    assert_eq!((only(&found).cause, only(&found).path.as_str()), (Cause::Ahead, ""));
}

fn rule(attribute: &str, until: Option<Date>) -> IgnoreRule {
    let wildcard = |text: &str| Located::default(Wildcard(text.to_owned()));
    IgnoreRule {
        resource: wildcard(&format!("{VM}.*")),
        attribute: Some(wildcard(attribute)),
        reason: Located::default("known noise".to_owned()),
        until: until.map(Located::default),
    }
}

#[test]
fn ignored_rows_stay_and_do_not_count() {
    let drift = json!([entry("a", update(json!({"m": 1}), json!({"m": 2})))]);
    let changes = json!([entry("a", update(json!({"m": 2}), json!({"m": 1})))]);
    let found = find_with(drift.clone(), changes.clone(), &[rule("other", None), rule("m", None)]);
    assert_eq!(only(&found).ignored_by, Some(2));
    assert_eq!(verdict(&found), Verdict::Conforming);
    let [unused] = &found.findings[..] else { panic!("{:?}", found.findings) };
    assert_eq!((unused.severity.as_str(), unused.summary.as_str()), ("warning", "ignore rule 1 had nothing to ignore"));
    assert!(unused.detail.contains("known noise"));

    let ended = rule("m", Date::new(2026, 5, 31));
    let found = find_with(drift, changes, &[ended]);
    assert_eq!((only(&found).ignored_by, verdict(&found)), (None, Verdict::Drift));
    assert_eq!(found.findings[0].summary, "ignore rule 1 ended on 2026-05-31");
}

#[test]
fn a_rule_for_benign_drift_is_used() {
    let drift = json!([entry("a", update(json!({"ip": 1}), json!({"ip": 2})))]);
    let found = find_with(drift, json!([entry("a", json!({"actions": ["no-op"]}))]), &[rule("ip", None)]);
    assert!(found.findings.is_empty());
}
