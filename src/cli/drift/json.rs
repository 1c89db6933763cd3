//! Scans and environments for programs, version 1. The shape is a promise as in `docs/json.md`: keys keep their meaning,
//! a value that is absent is `null`, only new keys may come. Times are RFC 3339 in UTC.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::drift::history::{Status, StoredScan, Summary};
use crate::drift::{Change, Finding};

/// A document of version 1 on one line.
pub(super) fn document(mut content: Value) -> Vec<u8> {
    content["version"] = json!(1);
    format!("{content}\n").into_bytes()
}

/// A scan in a line.
pub(super) fn summary(scan: &Summary) -> Value {
    let error = scan.failure.as_ref().map(|(kind, message)| json!({ "kind": kind.as_str(), "message": message }));
    json!({
        "id": scan.id,
        "environment": scan.environment,
        "started": time(scan.started_ms),
        "duration_ms": scan.duration_ms,
        "verdict": scan.verdict.as_str(),
        "since": time(scan.since_ms),
        "suspect": scan.is_suspect,
        "counts": {
            "drift": scan.drifted, "pending": scan.ahead, "ignored": scan.ignored, "benign": scan.benign,
        },
        "error": error,
    })
}

/// A scan, whole.
pub(super) fn whole(stored: &StoredScan) -> Value {
    let scan = &stored.scan;
    let error = scan.failure.as_ref().map(|failure| {
        json!({
            "kind": failure.kind.as_str(),
            "phase": failure.phase.as_str(),
            "message": failure.message,
            "remedy": failure.remedy,
        })
    });
    json!({
        "id": stored.id,
        "environment": scan.environment,
        "started": time(scan.started_ms),
        "duration_ms": scan.duration_ms,
        "verdict": scan.verdict.as_str(),
        "since": time(stored.since_ms),
        "suspect": scan.is_suspect,
        "changes": scan.changes.iter().map(change).collect::<Vec<_>>(),
        "benign": scan.benign,
        "outputs": scan.outputs,
        "findings": scan.findings.iter().map(finding).collect::<Vec<_>>(),
        "error": error,
        "checkout": {
            "commit": scan.checkout.commit, "dirty": scan.checkout.is_dirty, "behind": scan.checkout.behind,
        },
        "tool": scan.tool,
        "serial": scan.serial,
    })
}

fn change(change: &Change) -> Value {
    json!({
        "address": change.address,
        "path": change.path,
        "expected": change.expected,
        "actual": change.actual,
        "kind": change.kind.as_str(),
        "cause": change.cause.as_str(),
        "order_only": change.flags.order_only,
        "empty_equivalent": change.flags.empty_equivalent,
        "dangerous": change.flags.dangerous,
        "recurring": change.flags.recurring,
        "ignored": change.ignored_by.is_some(),
        "fingerprint": change.fingerprint,
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity,
        "summary": finding.summary,
        "detail": finding.detail,
        "address": finding.address,
        "place": finding.place,
        "count": finding.count,
    })
}

/// What the history knows of an environment.
pub(super) fn status(status: &Status, now_ms: i64) -> Value {
    json!({
        "environment": status.environment,
        "verdict": status.latest.as_ref().map(|scan| scan.verdict.as_str()),
        "since": status.latest.as_ref().and_then(|scan| time(scan.since_ms)),
        "age_seconds": status.age(now_ms).map(|age| age.as_secs()),
        "latest": status.latest.as_ref().map(summary),
        "last_success": status.last_success_ms.and_then(time),
        "undelivered": status.undelivered,
        "paused_until": status.paused_until_ms.and_then(time),
        "noise": {
            "alarms": status.noise.alarms, "noisy": status.noise.noisy, "ratio": status.noise.ratio(),
        },
    })
}

/// RFC 3339 in UTC.
pub(super) fn time(ms: i64) -> Option<String> {
    Timestamp::from_millisecond(ms).ok().map(|time| time.to_string())
}
