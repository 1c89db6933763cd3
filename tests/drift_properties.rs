//! Properties of the drift comparison for any plan: nothing panics, what is the same gives no row, another order is no
//! other value, and a secret is in nothing that comes out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use proptest::prelude::*;
use serde_json::{Value, json};
use sprag::config::Date;
use sprag::drift::{Changes, Evidence, Finding, Ignores, Masker, Messages, Phase, Plan, classify, find_changes, group};

const SECRET: &str = "pl4nted canary";

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ab\"\\\\é.]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("name|vm_id|[ab.]{0,2}", inner, 0..5)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

/// Values in which the secret is a whole string, a part of one, a key, or absent.
fn json_with_secret() -> impl Strategy<Value = Value> {
    any_json().prop_flat_map(|value| {
        let key = format!("k{SECRET}");
        prop_oneof![
            Just(json!({"a": SECRET, "b": value.clone()})),
            Just(json!({"a": [format!("x{SECRET}y"), value.clone()], "b": {"c": SECRET}})),
            Just(json!({ key: value.clone() })),
            Just(value),
        ]
    })
}

fn actions() -> impl Strategy<Value = Value> {
    let some = [
        json!(["no-op"]),
        json!(["create"]),
        json!(["update"]),
        json!(["delete"]),
        json!(["delete", "create"]),
        json!(["create", "delete"]),
        json!(["forget"]),
        json!(["read"]),
        json!(["new word"]),
        json!([]),
    ];
    prop::sample::select(some.to_vec())
}

fn plan(drift: &Value, change: &Value) -> String {
    let entry = |change: &Value| json!([{"address": format!("a.b[\"{SECRET}\"]"), "mode": "managed", "type": "a", "change": change}]);
    json!({
        "format_version": "1.2",
        "variables": {"s": {"value": SECRET}},
        "configuration": {"root_module": {"variables": {"s": {"sensitive": true}}}},
        "resource_drift": entry(drift), "resource_changes": entry(change),
        "output_changes": {SECRET: {"actions": ["update"]}},
    })
    .to_string()
}

fn changes(plan: &str) -> Changes {
    let plan = Plan::parse(plan).unwrap();
    let masker = Masker::default().with_plan(&plan);
    find_changes(&plan, &masker, Ignores { rules: &[], today: Date::new(2026, 1, 1).unwrap() }).unwrap()
}

/// An update from `real` to `desired` where the last apply left `prior`.
fn update(prior: &Value, real: &Value, desired: &Value) -> Changes {
    let drift = json!({"actions": ["update"], "before": prior, "after": real});
    changes(&plan(&drift, &json!({"actions": ["update"], "before": real, "after": desired})))
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[\\x00-\\x7f]{0,200}") {
        let _ = Plan::parse(&text);
        let _ = Messages::parse(&text);
    }

    #[test]
    fn any_json_is_read_or_refused(value in any_json(), kind in "version|diagnostic|resource_drift|planned_change|change_summary|outputs") {
        let plan = json!({"format_version": "1.0", "resource_drift": value, "resource_changes": value, "variables": value});
        let _ = Plan::parse(&plan.to_string());
        let line = json!({"type": kind, "ui": "1.2", "diagnostic": value, "change": value, "changes": value, "outputs": value});
        Messages::parse(&line.to_string()).unwrap();
    }

    #[test]
    fn no_secret_comes_out(
        values in prop::collection::vec(json_with_secret(), 3),
        trees in prop::collection::vec(any_json(), 3),
        (drifted, done) in (actions(), actions()),
    ) {
        let [prior, real, desired] = &values[..] else { unreachable!() };
        let drift = json!({"actions": drifted, "before": prior, "after": real, "after_sensitive": trees[0]});
        let change = json!({
            "actions": done, "before": real, "after": desired, "after_unknown": trees[1],
            "before_sensitive": trees[2], "importing": {"id": SECRET},
        });
        let found = format!("{:?}", changes(&plan(&drift, &change)));
        prop_assert!(!found.contains(SECRET) && !found.contains("canary"), "{found}");
    }

    #[test]
    fn no_secret_comes_out_of_diagnostics(before in "\\PC{0,20}", after in "\\PC{0,20}") {
        let text = format!("{before}{SECRET}{after}");
        let masker = Masker::new([SECRET]);
        let finding = Finding {
            severity: "error".to_owned(), summary: text.clone(), detail: text.clone(),
            address: Some(text.clone()), place: Some(text.clone()), count: 1,
        };
        let diagnostics = [finding];
        let texts = [text.clone()];
        let evidence = Evidence {
            phase: Phase::Plan, diagnostics: &diagnostics, texts: &texts, stderr: &text, status: Some(1), timed_out: false,
        };
        let quiet = Evidence { diagnostics: &[], ..evidence };
        let all = format!("{:?}{:?}{:?}", group(&diagnostics, &masker), classify(evidence, &masker), classify(quiet, &masker));
        prop_assert!(!all.contains(SECRET), "{all}");
    }

    #[test]
    fn the_same_values_give_no_row_of_an_attribute(value in any_json(), prior in any_json()) {
        let found = update(&prior, &value, &value);
        prop_assert!(found.rows.iter().all(|row| row.path.is_empty()), "{found:?}");
    }

    #[test]
    fn another_order_is_no_other_value(
        (list, other) in prop::collection::vec(any_json(), 0..6).prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle())),
    ) {
        let (list, other) = (json!({ "set": list }), json!({ "set": other }));
        let found = update(&list, &other, &list);
        prop_assert!(found.rows.iter().all(|row| row.path.is_empty() || (row.path == "set" && row.flags.order_only)), "{found:?}");
    }

    #[test]
    fn every_pending_action_has_a_row(real in any_json(), desired in any_json(), done in actions()) {
        let is_quiet = [json!(["no-op"]), json!(["read"]), json!([])].contains(&done);
        let change = json!({"actions": done, "before": real, "after": desired});
        let found = changes(&plan(&json!({"actions": ["no-op"]}), &change));
        prop_assert_eq!(found.rows.is_empty(), is_quiet);
        prop_assert!(found.rows.iter().all(|row| row.fingerprint.len() == 32));
    }
}

/// As large as the plan of thousands of guests; with 50 MB the time and memory are ten times these.
#[test]
fn large_plans_are_compared() {
    let block =
        |index: u32, size: u32| json!({"interface": format!("scsi{index}"), "size": size, "note": "x".repeat(200)});
    let guest = |number: u32, edited: bool| {
        let disks: Vec<Value> = (0..8).map(|index| block(index, if edited && index == 3 { 9 } else { 8 })).collect();
        json!({"name": format!("vm{number}"), "vm_id": number, "disk": disks})
    };
    let entry = |number: u32, action: &str, before: Value, after: Value| {
        json!({"address": format!("vm.x[{number}]"), "mode": "managed", "type": "vm",
            "change": {"actions": [action], "before": before, "after": after, "after_unknown": {}, "before_sensitive": {"disk": [{}]}}})
    };
    let is_edited = |number: u32| number.is_multiple_of(10);
    let all = 0..800_u32;
    let drift: Vec<Value> =
        all.clone().filter(|n| is_edited(*n)).map(|n| entry(n, "update", guest(n, false), guest(n, true))).collect();
    let changes_of =
        |n: u32| entry(n, if is_edited(n) { "update" } else { "no-op" }, guest(n, is_edited(n)), guest(n, false));
    let plan = json!({
        "format_version": "1.2", "prior_state": {"values": all.clone().map(|n| guest(n, false)).collect::<Vec<_>>()},
        "resource_drift": drift, "resource_changes": all.map(changes_of).collect::<Vec<_>>(),
    })
    .to_string();
    assert!(plan.len() > 5_000_000, "{} bytes", plan.len());
    let found = changes(&plan);
    assert_eq!(found.rows.len(), 80);
    assert!(found.rows.iter().all(|row| row.path == "disk[3].size" && row.expected == "8" && row.actual == "9"));
}
