//! `sprag drift scan`: compares environments with reality, keeps what was found, and tells.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::progress::Progress;
use super::settings::Settings;
use super::text::Look;
use super::{DriftExit, json, notify, now_ms, page, print};
use crate::cli::args::{DriftFormat, DriftScanArgs};
use crate::cli::terminal;
use crate::config::{Date, Environment, Notify};
use crate::drift::history::{History, Location, Origin, Policy, StoredScan};
use crate::drift::metrics::{self, Measured};
use crate::drift::{Directories, Interrupts, Outcome, Scan, Scanner, Verdict, mark_recurring};

/// How many environments are scanned at once: a plan keeps a core and a provider busy.
const AT_ONCE: usize = 4;

pub(super) fn run(args: &DriftScanArgs) -> Result<DriftExit, String> {
    let settings = Settings::load_for_scan(args.config.as_deref())?;
    let wanted = wanted(args, &settings)?;
    let location = settings.location_of_scans()?;
    let state = location.path.parent().map_or_else(|| PathBuf::from("."), PathBuf::from);
    let directories = Directories { runtime: runtime_directory(&state), state };
    let interrupts = Interrupts::default();
    let today = today()?;
    let scanner = |environment| Scanner {
        environment,
        base: &settings.directory,
        directories: &directories,
        variables: std::env::vars_os().collect(),
        today,
        started_ms: now_ms(),
        interrupts: &interrupts,
    };
    if args.dry_run || is_dry_run() {
        let commands: Vec<String> = wanted.iter().flat_map(|environment| scanner(*environment).shown()).collect();
        print(format!("{}\n", commands.join("\n")).as_bytes())?;
        return Ok(DriftExit::Done);
    }
    let mut history = History::open(&location.path).map_err(|error| error.to_string())?;
    let due = due(args, wanted, &history)?;
    watch_signals(&interrupts)?;
    let mut troubles = Vec::new();
    let mut done: BTreeMap<usize, (Scan, Option<StoredScan>)> = BTreeMap::new();
    // What one environment meets with costs the others nothing: each is kept as soon as it is done.
    scan_all(&due, &scanner, |index, outcome| match outcome {
        // The other scan tells how the environment stands; this one would only raise an alarm about itself.
        Outcome::Busy(reason) => troubles.push(reason),
        Outcome::Interrupted => troubles.push("interrupted: an unfinished scan leaves nothing".to_owned()),
        Outcome::Scanned(mut scan) => {
            let kept = keep(&mut scan, &mut history, &settings).map_err(|trouble| troubles.push(trouble)).ok();
            done.insert(index, (*scan, kept));
        }
    });
    let (scans, stored): (Vec<Scan>, Vec<Option<StoredScan>>) = done.into_values().unzip();
    let stored: Vec<StoredScan> = stored.into_iter().flatten().collect();
    notify::after_scan(&mut history, &settings, &location);
    // After the notifications, so that what was just delivered is not counted as undelivered.
    troubles.extend(scans.iter().filter_map(|scan| measure(scan, &history, &settings).err()));
    troubles.extend(retire_metrics(&history, &settings, &location).err());
    match args.format {
        DriftFormat::Json => {
            let scans: Vec<_> = stored.iter().map(json::whole).collect();
            print(&json::document(serde_json::json!({ "scans": scans })))?;
        }
        DriftFormat::Full => {
            let look = Look::of_stdout();
            let pages: Vec<String> = stored.iter().map(|stored| page::write(stored, now_ms(), &look)).collect();
            print(pages.join("\n").as_bytes())?;
        }
    }
    troubles.iter().for_each(|trouble| terminal::complain(trouble));
    Ok(if troubles.is_empty() { exit_of(&scans) } else { DriftExit::Failed })
}

/// With several environments any error gives 1, else any drift 2.
fn exit_of(scans: &[Scan]) -> DriftExit {
    match scans.iter().map(|scan| scan.verdict).max() {
        Some(Verdict::Error) => DriftExit::Failed,
        Some(Verdict::Drift) => DriftExit::Drift,
        _ => DriftExit::Done,
    }
}

/// The environments that were named, or all.
fn wanted<'s>(args: &DriftScanArgs, settings: &'s Settings) -> Result<Vec<&'s Environment>, String> {
    if args.environments.is_empty() {
        return Ok(settings.drift.environments.iter().collect());
    }
    let mut wanted: Vec<&Environment> = Vec::new();
    for name in &args.environments {
        let environment = settings.environment(name)?;
        // Named twice, it would be in its own way.
        if !wanted.iter().any(|known| known.name.value == environment.name.value) {
            wanted.push(environment);
        }
    }
    Ok(wanted)
}

/// With `--due` only those whose interval has passed, and never those that are paused.
fn due<'e>(
    args: &DriftScanArgs,
    wanted: Vec<&'e Environment>,
    history: &History,
) -> Result<Vec<&'e Environment>, String> {
    let now = now_ms();
    let mut due = Vec::new();
    for environment in wanted {
        let name = &environment.name.value.0;
        let paused = history.paused_until(name, now).map_err(|error| error.to_string())?;
        if paused.is_some() {
            terminal::write_stderr(format!("{name} is paused and not scanned\n").as_bytes());
            continue;
        }
        let latest = history.latest(name).map_err(|error| error.to_string())?;
        let interval = i64::try_from(environment.interval.as_millis()).unwrap_or(i64::MAX);
        let is_due = latest.is_none_or(|stored| now.saturating_sub(stored.scan.started_ms) >= interval);
        if !args.due || is_due {
            due.push(environment);
        }
    }
    Ok(due)
}

/// Scans several environments at a time. `done` is told of each as it ends, with its place in the configuration.
fn scan_all<'e>(
    environments: &[&'e Environment],
    scanner: &(dyn Fn(&'e Environment) -> Scanner<'e> + Sync),
    mut done: impl FnMut(usize, Outcome),
) {
    let (next, progress) = (AtomicUsize::new(0), Progress::new());
    let (sender, outcomes) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(environments.len()) {
            let (sender, next, progress) = (sender.clone(), &next, &progress);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(environment) = environments.get(index) else { return };
                    let spinner = progress.begin(&environment.name.value.0);
                    let outcome = scanner(environment).scan();
                    drop(spinner);
                    if sender.send((index, outcome)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        outcomes.into_iter().for_each(|(index, outcome)| done(index, outcome));
    });
}

/// Writes a scan into the history.
fn keep(scan: &mut Scan, history: &mut History, settings: &Settings) -> Result<StoredScan, String> {
    compare_with_past(scan, history)?;
    let failed = |error: crate::drift::history::HistoryError| error.to_string();
    let notify = settings.drift.notify.as_ref().map(|notify| &notify.value);
    let policy =
        Policy { keep: *settings.drift.history.keep, notifies: matches!(notify, Some(Notify::Alertmanager(_))) };
    let id = history.record(scan, policy).map_err(failed)?.id;
    let stored = history.scan(id).map_err(failed)?;
    stored.ok_or_else(|| format!("scan {id} is gone from the history"))
}

/// Writes the metrics of a scan, where they are wanted.
fn measure(scan: &Scan, history: &History, settings: &Settings) -> Result<(), String> {
    let Some(directory) = &settings.drift.metrics.directory else { return Ok(()) };
    let directory = settings.directory.join(&directory.value);
    let statuses = history.statuses(now_ms()).map_err(|error| error.to_string())?;
    let status = statuses.iter().find(|status| status.environment == scan.environment);
    let measured = Measured {
        scan,
        last_success_ms: status.and_then(|status| status.last_success_ms),
        undelivered: status.map_or(0, |status| u64::from(status.undelivered)),
        noise_ratio: status.and_then(|status| status.noise.ratio()).unwrap_or(0.0),
    };
    let text = metrics::render(&measured, settings.drift.metrics.compatibility.as_ref().map(|names| names.value));
    let written = metrics::write(&directory, &scan.environment, &text);
    written.map(|_| ()).map_err(|error| format!("metrics in {}: {error}", directory.display()))
}

/// Removes the metrics of environments that left the configuration. As with their alerts, only where the history is this
/// configuration's own.
fn retire_metrics(history: &History, settings: &Settings, location: &Location) -> Result<(), String> {
    let Some(directory) = settings.drift.metrics.directory.as_ref().filter(|_| location.origin != Origin::User) else {
        return Ok(());
    };
    let directory = settings.directory.join(&directory.value);
    let statuses = history.statuses(now_ms()).map_err(|error| error.to_string())?;
    let is_gone = |name: &str| settings.drift.environments.iter().all(|environment| environment.name.value.0 != name);
    for status in statuses.iter().filter(|status| is_gone(&status.environment)) {
        metrics::remove(&directory, &status.environment)
            .map_err(|error| format!("metrics in {}: {error}", directory.display()))?;
    }
    Ok(())
}

/// Notes which changes are back.
fn compare_with_past(scan: &mut Scan, history: &History) -> Result<(), String> {
    let fingerprints: Vec<&str> = scan.changes.iter().map(|change| change.fingerprint.as_str()).collect();
    let sightings = history.sightings(&scan.environment, &fingerprints).map_err(|error| error.to_string())?;
    mark_recurring(&mut scan.changes, &sightings, scan.serial);
    Ok(())
}

/// Where plan files are: systemd's runtime directory, else the user's, else beside the history.
fn runtime_directory(state: &std::path::Path) -> PathBuf {
    if let Some(unit) = std::env::var_os("RUNTIME_DIRECTORY").filter(|path| !path.is_empty()) {
        return PathBuf::from(unit);
    }
    let user = std::env::var_os("XDG_RUNTIME_DIR").filter(|path| !path.is_empty());
    user.map_or_else(|| state.join("run"), |path| PathBuf::from(path).join("sprag"))
}

/// Scripts pass their own switch on by this variable.
fn is_dry_run() -> bool {
    std::env::var("SPRAG_DRY_RUN").is_ok_and(|value| matches!(value.as_str(), "1" | "true"))
}

fn today() -> Result<Date, String> {
    let date = jiff::Zoned::now().date();
    let part = |part: i8| u8::try_from(part).ok();
    let today = u16::try_from(date.year()).ok().zip(part(date.month())).zip(part(date.day()));
    let today = today.and_then(|((year, month), day)| Date::new(year, month, day));
    today.ok_or_else(|| format!("the clock is set to {date}"))
}

/// SIGINT, SIGTERM and SIGHUP are handed on to terraform, which then releases its lock.
fn watch_signals(interrupts: &Interrupts) -> Result<(), String> {
    let interrupts = interrupts.clone();
    crate::retry::process::on_interrupt(move || interrupts.raise()).map_err(|error| format!("signals: {error}"))
}
