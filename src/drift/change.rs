//! From a plan to rows: which attribute of which resource differs, what the code wants, what is there, and why. Three
//! values decide: the state as of the last apply, reality, and the code. Pure; what leaves it is masked.
//!
//! How terraform 1.11 and a provider behave in each case was measured; `tests/drift_plans.rs` measures it again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::compare::{Comparison, Difference, Place, is_empty, same};
use super::mask::{Marks, Masker};
use super::plan::{Plan, PlanError, ResourceChange};
use super::row::Row;
use super::scan::{Cause, Change, ChangeKind, Finding, Flags};
use crate::config::{Date, IgnoreRule};

/// What names a resource to a reader when all of it is new or gone.
const IDENTITY: [&str; 6] = ["name", "hostname", "node_name", "vm_id", "url", "id"];

/// Guests of bpg/proxmox, whose long names begin `proxmox_virtual_environment_`.
const GUESTS: [&str; 4] = ["vm", "container", "vm2", "cloned_vm"];

/// So many guests are rarely deleted by hand between two scans.
const SUSPICIOUS: usize = 3;

/// What a plan says about an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// One row for each attribute or whole resource that differs, dangerous ones first, then by address and path.
    pub rows: Vec<Change>,
    /// How many attributes reality moved in a way that the code does not mind.
    pub benign: u32,
    /// Outputs that an apply would change.
    pub outputs: Vec<String>,
    /// Whether every guest, everything, or many guests at once seem deleted: a token that lost its rights looks so.
    pub is_suspect: bool,
    /// Warnings about ignore rules that ended or had nothing to do.
    pub findings: Vec<Finding>,
}

/// The ignore rules of an environment on one day.
#[derive(Clone, Copy, Debug)]
pub struct Ignores<'r> {
    /// In the order of the configuration.
    pub rules: &'r [IgnoreRule],
    /// Rules that ended before do not count.
    pub today: Date,
}

/// Compares state, reality and code.
///
/// # Errors
/// When a value in the plan cannot be read.
pub fn find_changes(plan: &Plan<'_>, masker: &Masker, ignores: Ignores<'_>) -> Result<Changes, PlanError> {
    let mut collector = Collector { masker, ignores, used: BTreeSet::new(), changes: Changes::default() };
    let managed = |change: &&ResourceChange<'_>| change.is_managed() && !change.is_deposed();
    let drifted: BTreeMap<&str, &ResourceChange<'_>> =
        plan.resource_drift.iter().filter(managed).map(|drift| (drift.address.as_ref(), drift)).collect();
    let mut seen = BTreeSet::new();
    for change in plan.resource_changes.iter().filter(|change| change.is_managed()) {
        let drift = [Some(&change.address), change.previous_address.as_ref()]
            .into_iter()
            .flatten()
            .find_map(|address| drifted.get(address.as_ref()).copied())
            .filter(|_| !change.is_deposed());
        seen.extend(drift.map(|drift| drift.address.as_ref()));
        collector.add(change, drift)?;
    }
    for drift in drifted.values().filter(|drift| !seen.contains(drift.address.as_ref())) {
        collector.count_benign(drift)?;
    }
    let mut changes = collector.finish();
    changes.is_suspect = is_suspect(plan, &changes.rows, masker);
    changes.outputs = plan.changed_outputs().iter().map(|name| masker.text(name)).collect();
    Ok(changes)
}

struct Collector<'r> {
    masker: &'r Masker,
    ignores: Ignores<'r>,
    /// Rules that covered something, by their index.
    used: BTreeSet<usize>,
    changes: Changes,
}

impl Collector<'_> {
    fn add(&mut self, change: &ResourceChange<'_>, drift: Option<&ResourceChange<'_>>) -> Result<(), PlanError> {
        let is_move = change.previous_address.as_ref().is_some_and(|previous| *previous != change.address);
        let importing = change.change.importing.as_ref();
        if is_move {
            let (old, new) = (change.previous_address.as_deref(), change.address.as_ref());
            self.add_whole(change, Cause::Ahead, ChangeKind::Modify, (&json!(new), &json!(old)));
        }
        if let Some(importing) = importing {
            let id = importing.id.as_deref().unwrap_or_default();
            self.add_whole(change, Cause::Ahead, ChangeKind::Add, (&json!({ "import": id }), &Value::Null));
        }
        if change.does(&["no-op"]) || change.does(&["read"]) || change.change.actions.is_empty() {
            return drift.map_or(Ok(()), |drift| self.count_benign(drift));
        }
        if change.does(&["create"]) {
            let (cause, kind) = match drift {
                Some(drift) if drift.does(&["delete"]) => (Cause::Deleted, ChangeKind::Delete),
                _ => (Cause::Ahead, ChangeKind::Add),
            };
            let wanted = self.identity(&change.change.after()?, &marks(change, drift)?);
            self.add_whole(change, cause, kind, (&wanted, &Value::Null));
        } else if change.does(&["delete"]) || change.does(&["forget"]) {
            let present = self.identity(&change.change.before()?, &marks(change, drift)?);
            self.add_whole(change, Cause::Ahead, ChangeKind::Delete, (&Value::Null, &present));
        } else {
            let rows = self.add_attributes(change, drift)?;
            if is_told(change) || (rows == 0 && !is_move && importing.is_none()) {
                let reason = change.action_reason.as_deref().unwrap_or("update");
                self.add_whole(change, Cause::Ahead, ChangeKind::Modify, (&json!(reason), &Value::Null));
            }
        }
        Ok(())
    }

    /// One row for each attribute that differs; says how many.
    fn add_attributes(
        &mut self,
        change: &ResourceChange<'_>,
        drift: Option<&ResourceChange<'_>>,
    ) -> Result<usize, PlanError> {
        let (real, desired, unknown) =
            (change.change.before()?, change.change.after()?, change.change.after_unknown()?);
        let prior = drift.map(|drift| drift.change.before()).transpose()?;
        let marks = marks(change, drift)?;
        let place = Place {
            prior: prior.as_ref().unwrap_or(&real),
            real: &real,
            desired: &desired,
            unknown: &unknown,
            marks: &marks,
        };
        let found = Comparison::of(place);
        for path in &found.benign {
            self.count(&change.address, path);
        }
        for difference in &found.differences {
            self.add_attribute(change, difference);
        }
        Ok(found.differences.len())
    }

    fn add_attribute(&mut self, change: &ResourceChange<'_>, difference: &Difference<'_>) {
        let Place { prior, real, desired, marks, .. } = difference.place;
        let cause = match (same(prior, real), same(prior, desired)) {
            (true, _) => Cause::Ahead,
            (false, true) => Cause::Manual,
            (false, false) => Cause::Conflict,
        };
        let kind = match (real.is_null(), desired.is_null()) {
            (true, _) => ChangeKind::Delete,
            (_, true) => ChangeKind::Add,
            _ => ChangeKind::Modify,
        };
        let mask = |value| self.masker.value(difference.name, value, marks);
        let row = Row {
            path: &difference.path,
            expected: mask(desired),
            actual: mask(real),
            kind,
            cause,
            flags: Flags {
                order_only: difference.order_only,
                empty_equivalent: is_empty(real) && is_empty(desired),
                ..Flags::default()
            },
        };
        self.push(change, row);
    }

    fn add_whole(
        &mut self,
        change: &ResourceChange<'_>,
        cause: Cause,
        kind: ChangeKind,
        (expected, actual): (&Value, &Value),
    ) {
        let mask = |value| self.masker.value("", value, &Marks::None);
        let (expected, actual) = (mask(expected), mask(actual));
        self.push(change, Row { path: "", expected, actual, kind, cause, flags: Flags::default() });
    }

    fn push(&mut self, change: &ResourceChange<'_>, row: Row<'_>) {
        let ignored_by = self.covering(&change.address, row.path);
        let mut row = row.into_change(&change.address, self.masker);
        row.flags.dangerous = change.includes("delete");
        row.ignored_by = ignored_by.and_then(|index| u32::try_from(index + 1).ok());
        self.changes.rows.push(row);
    }

    /// The first rule that covers it; all that do have something to do.
    fn covering(&mut self, address: &str, path: &str) -> Option<usize> {
        let Ignores { rules, today } = self.ignores;
        let covering = |rule: &IgnoreRule| rule.is_active(today) && rule.covers(address, path);
        let found: Vec<usize> = (0..rules.len()).filter(|index| covering(&rules[*index])).collect();
        self.used.extend(&found);
        found.first().copied()
    }

    /// Counts what reality moved without harm.
    fn count_benign(&mut self, drift: &ResourceChange<'_>) -> Result<(), PlanError> {
        let (prior, real) = (drift.change.before()?, drift.change.after()?);
        if drift.does(&["delete"]) || real.is_null() {
            self.count(&drift.address, ""); // gone, and not wanted any more
            return Ok(());
        }
        // Nothing wants anything else than what is there.
        let place =
            Place { prior: &real, real: &prior, desired: &real, unknown: &Value::Null, marks: &Marks::default() };
        for difference in Comparison::of(place).differences {
            self.count(&drift.address, &difference.path);
        }
        Ok(())
    }

    fn count(&mut self, address: &str, path: &str) {
        self.covering(address, path);
        self.changes.benign = self.changes.benign.saturating_add(1);
    }

    /// What names a resource, masked; all of it where nothing does.
    fn identity(&self, resource: &Value, marks: &Marks) -> Value {
        let masked = self.masker.value("", resource, marks);
        let named = |name: &str| masked.get(name).filter(|value| !is_empty(value)).cloned();
        let members: Map<_, _> =
            IDENTITY.into_iter().filter_map(|name| Some((name.to_owned(), named(name)?))).collect();
        if members.is_empty() { masked } else { Value::Object(members) }
    }

    fn finish(self) -> Changes {
        let Self { ignores: Ignores { rules, today }, used, mut changes, masker } = self;
        changes.rows.sort_by(|a, b| {
            let key = |row: &Change| !row.flags.dangerous;
            (key(a), &a.address, &a.path).cmp(&(key(b), &b.address, &b.path))
        });
        for (index, rule) in rules.iter().enumerate() {
            let problem = match rule.until {
                Some(ref until) if !rule.is_active(today) => format!("ended on {}", until.value),
                _ if used.contains(&index) => continue,
                _ => "had nothing to ignore".to_owned(),
            };
            changes.findings.push(warn_of_rule(index + 1, rule, &problem, masker));
        }
        changes
    }
}

/// Marks of both entries and both sides.
fn marks(change: &ResourceChange<'_>, drift: Option<&ResourceChange<'_>>) -> Result<Marks, PlanError> {
    let mut trees = change.change.sensitive()?.to_vec();
    if let Some(drift) = drift {
        trees.extend(drift.change.sensitive()?);
    }
    Ok(Marks::of(&trees))
}

/// Whether it is replaced because somebody said so, whatever its attributes are.
fn is_told(change: &ResourceChange<'_>) -> bool {
    let told = ["replace_because_tainted", "replace_by_request", "replace_by_triggers"];
    change.action_reason.as_deref().is_some_and(|reason| told.contains(&reason))
}

fn warn_of_rule(number: usize, rule: &IgnoreRule, problem: &str, masker: &Masker) -> Finding {
    let attribute = rule.attribute.as_ref().map(|attribute| format!(", attribute `{}`", attribute.value.0));
    Finding {
        severity: "warning".to_owned(),
        summary: format!("ignore rule {number} {problem}"),
        detail: masker.text(&format!(
            "resource `{}`{}, reason: {}; remove the rule, or change it",
            rule.resource.value.0,
            attribute.unwrap_or_default(),
            rule.reason.value
        )),
        address: None,
        place: None,
        count: 1,
    }
}

/// Whether the provider may merely not see what seems deleted: it looks guests up in a list that Proxmox filters by the
/// rights of the token.
fn is_suspect(plan: &Plan<'_>, rows: &[Change], masker: &Masker) -> bool {
    let gone: BTreeSet<&str> = rows
        .iter()
        .filter(|row| row.cause == Cause::Deleted && row.ignored_by.is_none())
        .map(|row| row.address.as_str())
        .collect();
    if gone.is_empty() {
        return false;
    }
    let managed = || plan.resource_changes.iter().filter(|change| change.is_managed() && !change.is_deposed());
    let is_gone = |change: &&ResourceChange<'_>| gone.contains(masker.text(&change.address).as_str());
    // What is only declared was not there before either.
    let exists = |change: &&ResourceChange<'_>| !change.does(&["create"]);
    let guests = || managed().filter(|change| is_guest(&change.resource_type));
    let gone_guests = guests().filter(is_gone).count();
    gone_guests >= SUSPICIOUS
        || (gone_guests > 0 && !guests().any(|guest| exists(&guest)))
        || !managed().any(|c| exists(&c))
}

fn is_guest(resource_type: &str) -> bool {
    let short = resource_type.strip_prefix("proxmox_").unwrap_or_default();
    GUESTS.contains(&short.strip_prefix("virtual_environment_").unwrap_or(short))
}

#[cfg(test)]
mod tests;
