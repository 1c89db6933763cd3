//! `sprag drift status`: how every environment stands, in a line each.

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use super::text::{FAINT, Look, plural, span, style};
use super::{Settings, json, name_history, now_ms, open_history, print};
use crate::cli::args::{DriftFormat, DriftStatusArgs};
use crate::config::{Drift, format_duration};
use crate::drift::Verdict;
use crate::drift::history::{Location, Status, Summary};

pub(super) fn run(args: &DriftStatusArgs) -> Result<(), String> {
    let settings = Settings::load_if_any(args.config.as_deref())?;
    let location = settings.location()?;
    let history = open_history(&location)?;
    let now = now_ms();
    let known = history.as_ref().map_or(Ok(Vec::new()), |history| history.statuses(now));
    let lines = join(&settings.drift, known.map_err(|error| error.to_string())?);
    match args.format {
        DriftFormat::Json => print(&json::document(to_json(&lines, &location, now))),
        DriftFormat::Full => {
            print(to_text(&lines, now, &Look::of_stdout()).as_bytes())?;
            name_history(&location, history.is_some());
            Ok(())
        }
    }
}

/// An environment of the configuration or of the history.
struct Line {
    status: Status,
    /// How often it is to be scanned; nothing where the configuration does not know it.
    interval: Option<Duration>,
}

impl Line {
    fn overdue(&self, now_ms: i64) -> Option<Duration> {
        self.status.overdue(now_ms, self.interval?)
    }
}

/// All environments: those of the configuration in its order, then those that only the history knows.
fn join(drift: &Drift, mut known: Vec<Status>) -> Vec<Line> {
    let mut lines = Vec::new();
    for environment in &drift.environments {
        let name = &environment.name.value.0;
        let status = match known.iter().position(|status| status.environment == *name) {
            Some(index) => known.remove(index),
            None => Status::unknown(name.clone()),
        };
        lines.push(Line { status, interval: Some(environment.interval.value) });
    }
    lines.extend(known.into_iter().map(|status| Line { status, interval: None }));
    lines
}

fn to_json(lines: &[Line], location: &Location, now_ms: i64) -> Value {
    let environments = lines.iter().map(|line| {
        let overdue = line.overdue(now_ms);
        let mut value = json::status(&line.status, now_ms);
        value["configured"] = json!(line.interval.is_some());
        value["interval_seconds"] = json!(line.interval.map(|interval| interval.as_secs()));
        value["overdue"] = json!(overdue.is_some());
        value["overdue_seconds"] = json!(overdue.map(|overdue| overdue.as_secs()));
        value
    });
    json!({
        "history": location.path.display().to_string(),
        "time": json::time(now_ms),
        "environments": environments.collect::<Vec<_>>(),
    })
}

fn to_text(lines: &[Line], now_ms: i64, look: &Look) -> String {
    if lines.is_empty() {
        return "no environments; write `drift { environment \"…\" { … } }` into .sprag.hcl\n".to_owned();
    }
    let header = ["environment", "verdict", "since", "scanned", ""].map(|name| (name.to_owned(), FAINT));
    let rows = lines.iter().map(|line| row(line, now_ms, look));
    look.table(&std::iter::once(header.to_vec()).chain(rows).collect::<Vec<_>>())
}

fn row(line: &Line, now_ms: i64, look: &Look) -> Vec<(String, Style)> {
    let Status { environment, latest, .. } = &line.status;
    let notes = (notes(line, now_ms, look), note_style(line, now_ms));
    let name = (look.plain(environment), Style::new());
    match latest {
        Some(scan) => vec![
            name,
            (scan.verdict.as_str().to_owned(), style(scan.verdict)),
            (look.time(scan.since_ms), Style::new()),
            (format!("{} ago", span(line.status.age(now_ms).unwrap_or_default())), Style::new()),
            notes,
        ],
        None => {
            vec![name, ("-".to_owned(), FAINT), ("-".to_owned(), FAINT), ("never".to_owned(), Style::new()), notes]
        }
    }
}

fn note_style(line: &Line, now_ms: i64) -> Style {
    let is_urgent = line.overdue(now_ms).is_some() || line.status.undelivered > 0;
    if is_urgent { AnsiColor::Yellow.on_default() } else { Style::new() }
}

/// What else there is to know, the most pressing first.
fn notes(line: &Line, now_ms: i64, look: &Look) -> String {
    let status = &line.status;
    let mut notes = Vec::new();
    if let (Some(overdue), Some(interval)) = (line.overdue(now_ms), line.interval) {
        notes.push(format!("overdue by {} (every {})", span(overdue), format_duration(interval)));
    }
    if status.undelivered > 0 {
        notes.push(format!("{} undelivered", plural(status.undelivered, "notification")));
    }
    if let Some(until) = status.paused_until_ms {
        notes.push(format!("paused until {}", look.time(until)));
    }
    if let Some(scan) = &status.latest {
        notes.extend(scan_note(scan, look));
    }
    if line.interval.is_none() {
        notes.push("not configured".to_owned());
    }
    if let Some(ratio) = status.noise.ratio().filter(|ratio| *ratio >= 0.1) {
        notes.push(format!("{:.0} % of alarms are noise of the provider", ratio * 100.0));
    }
    notes.join("; ")
}

/// What a scan found, in some words.
pub(super) fn scan_note(scan: &Summary, look: &Look) -> Option<String> {
    let mut parts = Vec::new();
    if let Some((kind, message)) = &scan.failure {
        parts.push(format!("{}: {}", kind.as_str(), look.plain(message)));
    }
    if scan.is_suspect {
        parts.push("suspect".to_owned());
    }
    if scan.drifted > 0 {
        parts.push(plural(scan.drifted, "change"));
    }
    let counted = [(scan.ahead, "pending"), (scan.ignored, "ignored")];
    parts.extend(counted.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")));
    if scan.verdict == Verdict::Error && parts.is_empty() {
        parts.push("no reason was given".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}
