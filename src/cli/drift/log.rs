//! `sprag drift log`: past scans in a line each, or one of them whole.

use std::time::Duration;

use anstyle::Style;
use serde_json::json;

use super::status::scan_note;
use super::text::{FAINT, Look, style};
use super::{Settings, json, name_history, now_ms, open_history, page, print};
use crate::cli::args::{DriftFormat, DriftLogArgs};
use crate::cli::terminal;
use crate::drift::history::{Filter, History, Location, Summary};
use crate::suggest;

pub(super) fn run(args: &DriftLogArgs) -> Result<(), String> {
    let settings = Settings::load_if_any(args.config.as_deref())?;
    let location = settings.location()?;
    let history = open_history(&location)?;
    match args.scan {
        Some(id) => show(id, args.format, history.as_ref(), &location),
        None => list(args, history.as_ref(), &settings, &location),
    }
}

fn show(id: i64, format: DriftFormat, history: Option<&History>, location: &Location) -> Result<(), String> {
    let found = history.map_or(Ok(None), |history| history.scan(id)).map_err(|error| error.to_string())?;
    let Some(stored) = found else {
        let path = location.path.display();
        return Err(format!("there is no scan {id} in {path}; `sprag drift log` lists those that there are"));
    };
    match format {
        DriftFormat::Json => print(&json::document(json!({ "scan": json::whole(&stored) }))),
        DriftFormat::Full => print(page::write(&stored, now_ms(), &Look::of_stdout()).as_bytes()),
    }
}

fn list(
    args: &DriftLogArgs,
    history: Option<&History>,
    settings: &Settings,
    location: &Location,
) -> Result<(), String> {
    let since = args.since.map(|since| now_ms().saturating_sub_unsigned(milliseconds(since)));
    let filter = Filter { environment: args.env.clone(), since_ms: since, verdict: args.status };
    let (mut scans, mut total) = (Vec::new(), 0);
    if let Some(history) = history {
        scans = history.scans(&filter, args.limit).map_err(|error| error.to_string())?;
        total = history.count(&filter).map_err(|error| error.to_string())?;
    }
    if let (Some(name), true) = (&args.env, scans.is_empty()) {
        check_name(name, history, settings)?;
    }
    scans.reverse(); // the latest nearest to the prompt
    if args.format == DriftFormat::Json {
        let scans: Vec<_> = scans.iter().map(json::summary).collect();
        let history = location.path.display().to_string();
        return print(&json::document(json!({ "history": history, "total": total, "scans": scans })));
    }
    print(to_text(&scans, &Look::of_stdout()).as_bytes())?;
    name_history(location, history.is_some());
    let shown = u32::try_from(scans.len()).unwrap_or(u32::MAX);
    let closing = match total {
        0 if history.is_some() => "no scan fits\n".to_owned(),
        _ if shown < total => format!("the latest {shown} of {total} scans; `--limit {total}` shows all\n"),
        _ => String::new(),
    };
    terminal::write_stderr(closing.as_bytes());
    Ok(())
}

/// A misspelt name is not the same as an environment without scans.
fn check_name(name: &str, history: Option<&History>, settings: &Settings) -> Result<(), String> {
    let mut names: Vec<String> = settings.drift.environments.iter().map(|one| one.name.value.0.clone()).collect();
    if let Some(history) = history {
        let known = history.statuses(now_ms()).map_err(|error| error.to_string())?;
        names.extend(known.into_iter().map(|status| status.environment));
    }
    if names.iter().any(|known| known == name) {
        return Ok(());
    }
    let hint = suggest::closest(name, names.iter().map(String::as_str));
    let hint =
        hint.map_or_else(|| "`sprag drift status` lists them".to_owned(), |close| format!("did you mean `{close}`?"));
    Err(format!("there is no environment `{name}`; {hint}"))
}

fn to_text(scans: &[Summary], look: &Look) -> String {
    if scans.is_empty() {
        return String::new();
    }
    let width = scans.iter().map(|scan| scan.id.to_string().len()).max().unwrap_or(0).max(4);
    let header = [format!("{:>width$}", "scan"), "began".into(), "environment".into(), "verdict".into(), "took".into()];
    let mut rows = vec![header.map(|name| (name, FAINT)).to_vec()];
    rows.extend(scans.iter().map(|scan| {
        vec![
            (format!("{:>width$}", scan.id), Style::new()),
            (look.time(scan.started_ms), Style::new()),
            (look.plain(&scan.environment), Style::new()),
            (scan.verdict.as_str().to_owned(), style(scan.verdict)),
            (seconds(scan.duration_ms), Style::new()),
            (scan_note(scan, look).unwrap_or_default(), Style::new()),
        ]
    }));
    look.table(&rows)
}

/// `12.3 s`
pub(super) fn seconds(ms: u64) -> String {
    let tenths = ms.saturating_add(50) / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
