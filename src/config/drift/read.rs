//! Reading the block `drift`.

use std::time::Duration;

use super::{
    Alertmanager, Credentials, Drift, Environment, GuestIgnore, History, IgnoreRule, Inventory, Metrics, Notify,
};
use crate::config::duration::{DAY, format_duration};
use crate::config::located::Located;
use crate::config::section::Section;
use crate::config::text::{Mistake, Name, Schedule, Text};
use crate::diagnostic::Severity;

/// Shorter histories cannot answer what the noise of the last month was.
const SHORTEST_HISTORY: Duration = Duration::from_secs(30 * DAY.as_secs());

pub(in crate::config) fn read_drift(section: &Section<'_>) -> Drift {
    let environments = section.labelled("environment", read_environment);
    let mut notify = section.labelled("notify", read_notify).into_iter();
    let first = notify.next();
    if let Some(second) = notify.next() {
        let help = "keep `alertmanager` to have sprag post alerts, or `metrics` to leave that to Prometheus rules";
        section.report_value(&second, Severity::Error, "a second `notify`".to_owned(), help);
    }
    let drift = Drift {
        environments,
        notify: first,
        history: section.once("history", read_history),
        metrics: section.once("metrics", |section| Metrics {
            directory: section.optional("directory"),
            compatibility: section.optional("compatibility"),
        }),
        report_directory: section.once("report", |section| section.required("directory")),
        inventory: section.labelled("inventory", read_inventory).into_iter().next(),
    };
    let by_rules = drift.notify.as_ref().filter(|notify| notify.value == Notify::Metrics);
    if let (Some(notify), None) = (by_rules, &drift.metrics.directory) {
        let help = "write `metrics { directory = \"…\" }`: without metrics no rule can raise an alarm";
        let message = "`notify \"metrics\"` without a directory for metrics".to_owned();
        section.report_value(notify, Severity::Error, message, help);
    }
    drift
}

fn read_environment(name: Located<Name>, section: &Section<'_>) -> Option<Environment> {
    let seconds = Duration::from_secs;
    let directory = section.required("directory");
    let timeout = section.or("timeout", seconds(300));
    let longest_wait = seconds(60).min(timeout.value / 2);
    let environment = Environment {
        name,
        schedule: section.or("schedule", Schedule("daily".to_owned())),
        interval: section.or("interval", DAY),
        reach: section.list("reach"),
        ca: section.optional("ca"),
        var_files: section.list("var_files"),
        backend_config: section.list("backend_config"),
        env_files: section.list("env_files"),
        binary: section.or("binary", "terraform".to_owned()),
        workspace: section.optional("workspace"),
        lock: section.or("lock", true),
        lock_timeout: section.or("lock_timeout", longest_wait),
        update: section.optional("update"),
        ignore: section.many("ignore", read_ignore),
        timeout,
        directory: directory?,
    };
    check_durations(&environment, section);
    Some(environment)
}

fn check_durations(environment: &Environment, section: &Section<'_>) {
    let Environment { interval, timeout, lock_timeout, .. } = environment;
    for (name, duration) in [("interval", interval), ("timeout", timeout)] {
        if duration.is_zero() {
            section.report_value(duration, Severity::Error, format!("`{name}` is zero"), "write \"5m\" or more");
        }
    }
    if interval.value > DAY {
        let message = format!("an interval of {} is more than a day", format_duration(interval.value));
        section.report_value(
            interval,
            Severity::Warning,
            message,
            "a change by hand can then stay unseen for longer than a day",
        );
    }
    if lock_timeout.value >= timeout.value && !timeout.is_zero() {
        let message = "`lock_timeout` is not below `timeout`".to_owned();
        let help = "a scan that waits for the lock would be ended as too slow before it can say who holds it";
        section.report_value(lock_timeout, Severity::Error, message, help);
    }
}

fn read_ignore(section: &Section<'_>) -> Option<IgnoreRule> {
    let (resource, attribute) = (section.required("resource"), section.optional("attribute"));
    let (reason, until) = (section.required("reason"), section.optional("until"));
    Some(IgnoreRule { resource: resource?, attribute, reason: reason?, until })
}

fn read_history(section: &Section<'_>) -> History {
    let keep = section.or("keep", Duration::from_secs(90 * DAY.as_secs()));
    if keep.value < SHORTEST_HISTORY {
        let message = format!("a history of {} is too short", format_duration(keep.value));
        section.report_value(&keep, Severity::Error, message, "keep \"30d\" at least");
    }
    History { keep, path: section.optional("path") }
}

/// The labels of `notify`.
#[derive(Clone, Copy, PartialEq)]
enum NotifyKind {
    Alertmanager,
    Metrics,
}

impl Text for NotifyKind {
    const EXPECTED: &'static str = "a kind of notification";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        match text {
            "alertmanager" => Ok(Self::Alertmanager),
            "metrics" => Ok(Self::Metrics),
            _ => Err(Mistake::unknown("kind of notification", text, &["alertmanager", "metrics"])),
        }
    }
}

fn read_notify(kind: Located<NotifyKind>, section: &Section<'_>) -> Option<Located<Notify>> {
    let notify = match kind.value {
        NotifyKind::Metrics => Notify::Metrics,
        NotifyKind::Alertmanager => {
            let (url, ca) = (section.required("url"), section.optional("ca"));
            let credentials = read_credentials(section);
            Notify::Alertmanager(Box::new(Alertmanager { url: url?, ca, credentials }))
        }
    };
    Some(Located { value: notify, origin: section.origin() })
}

fn read_credentials(section: &Section<'_>) -> Option<Credentials> {
    match (section.optional("basic_auth_file"), section.optional("bearer_file")) {
        (Some(_), Some(bearer)) => {
            let message = "`bearer_file` beside `basic_auth_file`".to_owned();
            section.report_value(
                &bearer,
                Severity::Error,
                message,
                "a request carries one of the two: remove the other",
            );
            None
        }
        (Some(basic), None) => Some(Credentials::Basic(basic)),
        (None, bearer) => bearer.map(Credentials::Bearer),
    }
}

/// The only label of `inventory`.
#[derive(Clone, PartialEq)]
struct InventoryKind;

impl Text for InventoryKind {
    const EXPECTED: &'static str = "a kind of inventory";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        if text == "proxmox" { Ok(Self) } else { Err(Mistake::unknown("kind of inventory", text, &["proxmox"])) }
    }
}

fn read_inventory(_: Located<InventoryKind>, section: &Section<'_>) -> Option<Inventory> {
    let (endpoint, token_file) = (section.required("endpoint"), section.required("token_file"));
    let (ca, ignore) = (section.optional("ca"), section.many("ignore", read_guest_ignore));
    Some(Inventory { endpoint: endpoint?, token_file: token_file?, ca, ignore })
}

fn read_guest_ignore(section: &Section<'_>) -> Option<GuestIgnore> {
    let (vmid, name, tag) = (section.optional("vmid"), section.optional("name"), section.optional("tag"));
    let (pool, template) = (section.optional("pool"), section.optional("template"));
    let (reason, until) = (section.required("reason"), section.optional("until"));
    if vmid.is_none() && name.is_none() && tag.is_none() && pool.is_none() && template.is_none() {
        section.report(
            "`ignore` says of no guest that it is meant".to_owned(),
            "give at least one of `vmid`, `name`, `tag`, `pool`, `template`",
        );
    }
    Some(GuestIgnore { vmid, name, tag, pool, template, reason: reason?, until })
}
