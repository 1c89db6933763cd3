//! What all environments share: configuration, history, metrics, Alertmanager, clock.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::super::{Settings, notify, now_ms};
use super::{Check, Checks};
use crate::config::{Alertmanager, Environment, Notify};
use crate::drift::Client;
use crate::drift::history::History;

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn check(settings: &Settings, environments: &[&Environment], node_exporter: &str) -> Vec<Check> {
    let mut checks = Checks::of(None);
    configuration(settings, &mut checks);
    history(settings, &mut checks);
    metrics(settings, environments, node_exporter, &mut checks);
    match settings.drift.notify.as_ref().map(|notify| &notify.value) {
        Some(Notify::Alertmanager(alertmanager)) => told(alertmanager, settings, &mut checks),
        Some(Notify::Metrics) => checks.good("notify", "left to Prometheus rules over the metrics"),
        None => checks.doubtful(
            "notify",
            "nobody is told of drift",
            "write `notify \"alertmanager\" { url = … }` or `notify \"metrics\" {}` into the `drift` block",
        ),
    }
    clock(&mut checks);
    checks.all
}

fn configuration(settings: &Settings, checks: &mut Checks) {
    let (path, count) = (settings.path.display(), settings.drift.environments.len());
    if count == 0 {
        return checks.bad("configuration", format!("{path} has no environment"), "docs/drift.md says what to write");
    }
    let count = super::super::text::plural(u32::try_from(count).unwrap_or(u32::MAX), "environment");
    checks.good("configuration", format!("{path}, {count}"));
}

fn history(settings: &Settings, checks: &mut Checks) {
    let location = match settings.location() {
        Ok(location) => location,
        Err(reason) => return checks.bad("history", reason, "see `history` in docs/configuration.md"),
    };
    let (path, origin) = (location.path.display(), location.origin.as_str());
    match History::open_existing(&location.path) {
        Err(error) => checks.bad("history", error.to_string(), "move the file away, or set `history { path = \"…\" }`"),
        Ok(None) => checks.doubtful("history", format!("{path} ({origin}): nothing was scanned yet"), "scan once"),
        Ok(Some(history)) => match history.statuses(now_ms()) {
            Err(error) => {
                checks.bad("history", error.to_string(), "move the file away; the next scan begins a new one");
            }
            Ok(statuses) => {
                let is_ahead = |started: i64| started > now_ms().saturating_add(60_000);
                let latest = statuses.iter().filter_map(|status| status.latest.as_ref()).map(|scan| scan.started_ms);
                if latest.max().is_some_and(is_ahead) {
                    let found = format!("{path}: its latest scan lies in the future");
                    return checks.bad("history", found, "set the clock; until then ages and alerts are wrong");
                }
                checks.good("history", format!("{path} ({origin})"));
            }
        },
    }
}

fn metrics(settings: &Settings, environments: &[&Environment], node_exporter: &str, checks: &mut Checks) {
    let Some(directory) = &settings.drift.metrics.directory else {
        let remedy = "write `metrics { directory = \"…\" }`: without it nobody notices when scans stop";
        return checks.doubtful("metrics", "no metrics are written", remedy);
    };
    let directory = settings.directory.join(&directory.value);
    let shown = directory.display();
    if !directory.is_dir() {
        let remedy = "make it, and name it in node-exporter's --collector.textfile.directory";
        return checks.bad("metrics", format!("there is no directory {shown}"), remedy);
    }
    if rustix::fs::access(&directory, rustix::fs::Access::WRITE_OK).is_err() {
        checks.bad("metrics", format!("{shown} cannot be written by you"), "let the user of the scans write there");
    } else {
        checks.good("metrics", format!("{shown} can be written"));
    }
    let written = environments.iter().map(|environment| environment.name.value.0.as_str());
    let written: Vec<&str> = written.filter(|name| file_of(&directory, name).exists()).collect();
    read_by_node_exporter(&directory, &written, node_exporter, checks);
}

fn file_of(directory: &Path, environment: &str) -> std::path::PathBuf {
    directory.join(format!("sprag_drift_{environment}.prom"))
}

/// Whether node-exporter serves what scans wrote. It tells each file that it read.
fn read_by_node_exporter(directory: &Path, written: &[&str], url: &str, checks: &mut Checks) {
    const SUBJECT: &str = "node-exporter";
    let other = "give its address by --node-exporter";
    let answer = Client::new(None)
        .and_then(|client| client.get(url, None, PATIENCE).map_err(|error| error.to_string()))
        .and_then(
            |answer| if answer.status == 200 { Ok(answer.body) } else { Err(format!("it answers {}", answer.status)) },
        );
    let served = match answer {
        Ok(served) => served,
        Err(reason) => return checks.doubtful(SUBJECT, format!("{url} could not be asked: {reason}"), other),
    };
    let files: Vec<&str> = served.lines().filter(|line| line.starts_with("node_textfile_mtime_seconds{")).collect();
    let is_read = |name: &&str| {
        let ending = format!("/sprag_drift_{name}.prom\"");
        files.iter().any(|line| line.contains(&ending))
    };
    let missing: Vec<&str> = written.iter().copied().filter(|name| !is_read(name)).collect();
    let is_wrong = served.lines().any(|line| line == "node_textfile_scrape_error 1");
    if !missing.is_empty() {
        let found = format!("{url} serves nothing of {}", missing.join(", "));
        let remedy = format!("start it with --collector.textfile.directory={}", directory.display());
        checks.bad(SUBJECT, found, &remedy);
    } else if is_wrong {
        checks.bad(SUBJECT, "a textfile is refused", "node-exporter's log names it; `promtool check metrics` says why");
    } else if written.is_empty() {
        checks.doubtful(SUBJECT, "no scan has written metrics yet", "scan once, then ask again");
    } else {
        checks.good(SUBJECT, format!("{url} serves the metrics of {}", written.join(", ")));
    }
}

fn told(alertmanager: &Alertmanager, settings: &Settings, checks: &mut Checks) {
    const SUBJECT: &str = "alertmanager";
    let (client, authorization) = match notify::client_for(alertmanager, settings) {
        Ok(way) => way,
        Err(reason) => return checks.bad(SUBJECT, reason, "see `notify` of the configuration"),
    };
    let url = notify::api(alertmanager, "status");
    match client.get(&url, authorization.as_deref(), PATIENCE) {
        Err(error) => checks.bad(SUBJECT, format!("{url} does not answer: {error}"), error.obstacle.remedy()),
        Ok(answer) => match answer.status {
            200 => checks.good(SUBJECT, format!("{url} answers")),
            401 | 403 => checks.bad(
                SUBJECT,
                format!("{url} refuses the credentials ({})", answer.status),
                "see `basic_auth_file` or `bearer_file` of `notify`",
            ),
            status => checks.bad(SUBJECT, format!("{url} answers {status}"), "is `url` the address of Alertmanager?"),
        },
    }
}

/// Certificates and S3 signatures are refused where the clock is wrong.
fn clock(checks: &mut Checks) {
    let mut command = Command::new("timedatectl");
    command.args(["show", "--property=NTPSynchronized", "--value"]).stdin(Stdio::null()).stderr(Stdio::null());
    let answer = command.output().ok().filter(|output| output.status.success());
    match answer.as_ref().map(|output| output.stdout.trim_ascii()) {
        Some(b"yes") => checks.good("clock", "synchronized"),
        Some(b"no") => checks.doubtful("clock", "not synchronized", "`timedatectl set-ntp true`"),
        _ => checks.doubtful("clock", "nobody could be asked", "see that this machine's time is synchronized"),
    }
}
