//! Alerts in the words of Alertmanager's API, version 2. Identity is in the labels alone, so they are the same from scan
//! to scan; what changes stands in the annotations, as plain text: Alertmanager escapes it for its receivers.
//! <https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml>. Pure: sends nothing.

use std::time::Duration;

use serde_json::{Value, json};

use super::alerts::AlertKind;
use super::history::Alert;
use super::scan::{Change, Scan};

/// Telegram cuts messages at 4096 characters, and a message may hold several alerts.
const LONGEST: usize = 1500;

/// How long after the next scan is due an alert lives that nobody repeats.
const GRACE: Duration = Duration::from_secs(2 * 60 * 60);

/// What an alert of one environment is told with.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The machine that scans: the label `instance`.
    pub instance: &'a str,
    /// The latest scan that saw the alert, from which its text comes.
    pub scan: Option<&'a Scan>,
    /// How often the environment is scanned.
    pub interval: Duration,
    /// Now, in milliseconds since 1970.
    pub now_ms: i64,
}

/// One element of the array that is posted.
#[must_use]
pub fn alert(alert: &Alert, is_resolution: bool, context: Context<'_>) -> Value {
    let mut labels = json!({
        "alertname": alert.kind.name(),
        "environment": alert.environment,
        "severity": "warning",
        "instance": context.instance,
    });
    if let Some(kind) = alert.kind.error() {
        labels["kind"] = json!(kind.as_str());
    }
    let lives = context.interval.saturating_add(GRACE);
    let until = context.now_ms.saturating_add(i64::try_from(lives.as_millis()).unwrap_or(i64::MAX / 2));
    let described = context.scan.map_or_else(String::new, |scan| description(alert, scan, is_resolution));
    // An alert must begin before it ends.
    let ends = if is_resolution { context.now_ms.max(alert.opened_ms + 1) } else { until };
    json!({
        "labels": labels,
        "annotations": { "summary": summary(alert, is_resolution), "description": described },
        "startsAt": time(alert.opened_ms),
        "endsAt": time(ends),
    })
}

/// Of a resolution what holds now, since many receivers print the text alone.
fn summary(alert: &Alert, is_resolution: bool) -> String {
    match alert.kind {
        AlertKind::Drift if is_resolution => format!("{} is as its code says again", alert.environment),
        AlertKind::Error(_) if is_resolution => format!("{} can be compared with its code again", alert.environment),
        AlertKind::Drift => format!("{} differs from its code", alert.environment),
        AlertKind::Error(kind) => {
            format!("{} could not be compared with its code ({})", alert.environment, kind.as_str())
        }
    }
}

fn description(alert: &Alert, scan: &Scan, is_resolution: bool) -> String {
    let mut text = if is_resolution { "This was:\n".to_owned() } else { String::new() };
    match (&alert.kind, &scan.failure) {
        (AlertKind::Error(_), Some(failure)) => {
            text.push_str(&failure.message);
            if let Some(remedy) = &failure.remedy {
                text.push_str(&format!("\n{remedy}"));
            }
        }
        _ => {
            if scan.is_suspect {
                text.push_str("Everything seems deleted at once: check the rights of the token.\n");
            }
            let counted: Vec<&Change> =
                scan.changes.iter().filter(|change| change.cause.is_drift() && change.ignored_by.is_none()).collect();
            let lines = counted.iter().map(|change| line(change));
            append(&mut text, lines, counted.len());
        }
    }
    cut(&text, LONGEST)
}

/// As many lines as fit, and how many do not.
fn append(text: &mut String, lines: impl Iterator<Item = String>, count: usize) {
    let mut shown = 0;
    for line in lines {
        if text.chars().count() + line.chars().count() > LONGEST - 40 {
            break;
        }
        text.push_str(&line);
        text.push('\n');
        shown += 1;
    }
    if shown < count {
        text.push_str(&format!("and {} more changes", count - shown));
    }
}

fn line(change: &Change) -> String {
    let danger = if change.flags.dangerous { " (an apply would destroy it)" } else { "" };
    if change.path.is_empty() {
        return format!("{}: {}{danger}", change.address, change.kind.as_str());
    }
    let (expected, actual) = (cut(&change.expected, 120), cut(&change.actual, 120));
    format!("{} {}: expected {expected}, is {actual}{danger}", change.address, change.path)
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.trim_end().to_owned();
    }
    text.chars().take(most - 1).chain(std::iter::once('…')).collect()
}

fn time(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds).map_or_else(|_| String::new(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::scan::{Cause, ChangeKind, Checkout, ErrorKind, Failure, Flags, Phase, Verdict};
    use super::*;

    fn opened(kind: AlertKind) -> Alert {
        Alert { id: 1, environment: "prod".into(), kind, opened_ms: 1_000, resolved_ms: None, scan: 1 }
    }

    fn scan(changes: usize) -> Scan {
        let change = |number: usize| Change {
            address: format!("vm.web[{number}]"),
            path: "memory".into(),
            expected: "2048".into(),
            actual: "4096".into(),
            kind: ChangeKind::Modify,
            cause: Cause::Manual,
            flags: Flags::default(),
            ignored_by: None,
            fingerprint: String::new(),
        };
        Scan {
            environment: "prod".into(),
            started_ms: 1_000,
            duration_ms: 1,
            verdict: Verdict::Drift,
            is_suspect: false,
            changes: (0..changes).map(change).collect(),
            benign: 0,
            outputs: Vec::new(),
            findings: Vec::new(),
            failure: None,
            checkout: Checkout::default(),
            tool: None,
            serial: None,
        }
    }

    fn context(scan: &Scan) -> Context<'_> {
        Context { instance: "node", scan: Some(scan), interval: Duration::from_secs(86_400), now_ms: 5_000 }
    }

    #[test]
    fn labels_are_stable_and_details_are_annotations() {
        let told = alert(&opened(AlertKind::Drift), false, context(&scan(1)));
        let labels =
            json!({"alertname": "SpragDrift", "environment": "prod", "severity": "warning", "instance": "node"});
        assert_eq!(told["labels"], labels);
        assert_eq!(told["annotations"]["summary"], "prod differs from its code");
        assert_eq!(told["annotations"]["description"], "vm.web[0] memory: expected 2048, is 4096");
        assert_eq!(told["startsAt"], "1970-01-01T00:00:01Z");
        assert_eq!(told["endsAt"], "1970-01-02T02:00:05Z", "a day and two hours from now");
    }

    #[test]
    fn a_resolution_ends_now_and_after_its_start() {
        assert_eq!(alert(&opened(AlertKind::Drift), true, context(&scan(1)))["endsAt"], "1970-01-01T00:00:05Z");
        let scan = scan(1);
        let early = Context { now_ms: 0, ..context(&scan) };
        assert_eq!(alert(&opened(AlertKind::Drift), true, early)["endsAt"], "1970-01-01T00:00:01.001Z");
    }

    #[test]
    fn errors_name_kind_and_remedy() {
        let mut failed = scan(0);
        let (kind, phase) = (ErrorKind::Auth, Phase::Plan);
        failed.failure = Some(Failure { kind, phase, message: "no ticket".into(), remedy: Some("renew it".into()) });
        let told = alert(&opened(AlertKind::Error(kind)), false, context(&failed));
        assert_eq!(told["labels"]["alertname"], "SpragDriftError");
        assert_eq!(told["labels"]["kind"], "auth");
        assert_eq!(told["annotations"]["description"], "no ticket\nrenew it");
    }

    #[test]
    fn long_descriptions_are_cut_and_counted() {
        let told = alert(&opened(AlertKind::Drift), false, context(&scan(500)));
        let text = told["annotations"]["description"].as_str().unwrap();
        assert!(text.chars().count() <= LONGEST, "{}", text.len());
        assert!(text.ends_with(" more changes"), "{text}");
    }
}
