//! Metrics for node-exporter's textfile collector: one file per environment, replaced as a whole, so that two scans never
//! touch the same file. Names are part of the interface: reference rules use them.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use super::file::replace_file;
use super::scan::{ChangeKind, ErrorKind, Scan, Verdict};
use crate::config::Compatibility;

/// What the metrics of one environment are made of.
#[derive(Clone, Copy, Debug)]
pub struct Measured<'a> {
    /// The latest scan.
    pub scan: &'a Scan,
    /// When the latest scan with a verdict began, in milliseconds since 1970-01-01T00:00:00Z.
    pub last_success_ms: Option<i64>,
    /// Notifications that nobody has received yet.
    pub undelivered: u64,
    /// The share of alarms of the last 30 days that was noise of a provider, 0 to 1.
    pub noise_ratio: f64,
}

/// The text of the file. HELP and TYPE are the same in every file: node-exporter wants that.
#[must_use]
pub fn render(measured: &Measured<'_>, compatibility: Option<Compatibility>) -> String {
    let mut out = Exposition { text: String::new(), environment: escaped(&measured.scan.environment) };
    let scan = measured.scan;
    out.family("sprag_drift_state", "Whether the environment is in this state (1) or not (0).");
    for verdict in Verdict::ALL {
        out.sample("sprag_drift_state", &[("state", verdict.as_str())], u8::from(scan.verdict == verdict));
    }
    out.family("sprag_drift_changes", "Changes made by hand, by what happened in reality.");
    for kind in [ChangeKind::Add, ChangeKind::Modify, ChangeKind::Delete] {
        let counts = scan.changes.iter().filter(|change| change.cause.is_drift() && change.ignored_by.is_none());
        out.sample(
            "sprag_drift_changes",
            &[("kind", kind.as_str())],
            counts.filter(|change| change.kind == kind).count(),
        );
    }
    out.family("sprag_drift_last_scan_timestamp_seconds", "When the latest scan began.");
    out.sample("sprag_drift_last_scan_timestamp_seconds", &[], seconds(scan.started_ms));
    if let Some(success) = measured.last_success_ms {
        out.family("sprag_drift_last_success_timestamp_seconds", "When the latest scan with a verdict began.");
        out.sample("sprag_drift_last_success_timestamp_seconds", &[], seconds(success));
    }
    out.family("sprag_drift_scan_duration_seconds", "How long the latest scan took.");
    let duration = i64::try_from(scan.duration_ms).unwrap_or(i64::MAX);
    out.sample("sprag_drift_scan_duration_seconds", &[], seconds(duration));
    out.family("sprag_drift_error", "Whether the latest scan failed for this reason (1) or not (0).");
    for kind in ErrorKind::ALL {
        let is_it = scan.failure.as_ref().is_some_and(|failure| failure.kind == kind);
        out.sample("sprag_drift_error", &[("kind", kind.as_str())], u8::from(is_it));
    }
    out.family("sprag_drift_undelivered_notifications", "Notifications that nobody has received yet.");
    out.sample("sprag_drift_undelivered_notifications", &[], measured.undelivered);
    out.family("sprag_drift_noise_ratio", "Share of the alarms of 30 days that was noise of a provider.");
    out.sample("sprag_drift_noise_ratio", &[], measured.noise_ratio);
    if let Some(names) = compatibility {
        out.compatible(names.as_str(), scan);
    }
    out.text
}

/// Milliseconds as seconds with three decimals, exactly.
fn seconds(milliseconds: i64) -> String {
    format!("{}.{:03}", milliseconds.div_euclid(1000), milliseconds.rem_euclid(1000))
}

/// A label's value as the exposition format wants it.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

struct Exposition {
    text: String,
    environment: String,
}

impl Exposition {
    fn family(&mut self, name: &str, help: &str) {
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} gauge");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let _ = write!(self.text, "{name}{{environment=\"{}\"", self.environment);
        for (label, text) in labels {
            let _ = write!(self.text, ",{label}=\"{text}\"");
        }
        let _ = writeln!(self.text, "}} {value}");
    }

    /// The three series of the shell script that came before: 0 conforming, 1 drift, 2 error.
    fn compatible(&mut self, prefix: &str, scan: &Scan) {
        let status = match scan.verdict {
            Verdict::Conforming | Verdict::Pending | Verdict::Stale => 0,
            Verdict::Drift => 1,
            Verdict::Error => 2,
        };
        let mut resources: Vec<&str> = scan
            .changes
            .iter()
            .filter(|change| change.cause.is_drift() && change.ignored_by.is_none())
            .map(|change| change.address.as_str())
            .collect();
        resources.sort_unstable();
        resources.dedup();
        let series = [
            ("status", "0 conforming, 1 drift, 2 error.", status.to_string()),
            ("resources_changed", "Resources changed by hand.", resources.len().to_string()),
            ("last_check_timestamp", "When the latest scan began.", scan.started_ms.div_euclid(1000).to_string()),
        ];
        for (name, help, value) in series {
            let _ = writeln!(self.text, "# HELP {prefix}_{name} {help}\n# TYPE {prefix}_{name} gauge");
            let _ = writeln!(self.text, "{prefix}_{name}{{env=\"{}\"}} {value}", self.environment);
        }
    }
}

/// Replaces the file of `environment` in `directory`: readers see the old text or the new one, never a part. Its mode is
/// 0644, whatever the unit's umask, since node-exporter runs as somebody else.
///
/// # Errors
/// When the directory cannot be written; the old file is untouched then.
pub fn write(directory: &Path, environment: &str, text: &str) -> io::Result<PathBuf> {
    let path = file(directory, environment);
    replace_file(&path, text).map(|()| path)
}

/// Removes the file of an `environment` that is not scanned any more: nothing would ever correct what it says.
///
/// # Errors
/// When it is there and cannot be removed.
pub fn remove(directory: &Path, environment: &str) -> io::Result<()> {
    match std::fs::remove_file(file(directory, environment)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn file(directory: &Path, environment: &str) -> PathBuf {
    directory.join(format!("sprag_drift_{environment}.prom"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::super::scan::{Cause, Change, Checkout, Failure, Flags, Phase};
    use super::*;

    fn scan(verdict: Verdict) -> Scan {
        Scan {
            environment: "prod".into(),
            started_ms: 1_700_000_000_123,
            duration_ms: 4_500,
            verdict,
            is_suspect: false,
            changes: Vec::new(),
            benign: 0,
            outputs: Vec::new(),
            findings: Vec::new(),
            failure: None,
            checkout: Checkout::default(),
            tool: None,
            serial: None,
        }
    }

    fn change(address: &str, kind: ChangeKind, cause: Cause) -> Change {
        Change {
            address: address.into(),
            path: "memory".into(),
            expected: "1".into(),
            actual: "2".into(),
            kind,
            cause,
            flags: Flags::default(),
            ignored_by: None,
            fingerprint: String::new(),
        }
    }

    #[test]
    fn tells_state_changes_and_times() {
        let mut scan = scan(Verdict::Drift);
        scan.changes = vec![
            change("a", ChangeKind::Modify, Cause::Manual),
            change("a", ChangeKind::Modify, Cause::Conflict),
            change("b", ChangeKind::Delete, Cause::Deleted),
            change("c", ChangeKind::Add, Cause::Ahead),
        ];
        let measured =
            Measured { scan: &scan, last_success_ms: Some(1_700_000_000_123), undelivered: 1, noise_ratio: 0.25 };
        let text = render(&measured, Some(Compatibility::PveDrift));
        for line in [
            "sprag_drift_state{environment=\"prod\",state=\"drift\"} 1",
            "sprag_drift_state{environment=\"prod\",state=\"conforming\"} 0",
            "sprag_drift_changes{environment=\"prod\",kind=\"modify\"} 2",
            "sprag_drift_changes{environment=\"prod\",kind=\"delete\"} 1",
            "sprag_drift_changes{environment=\"prod\",kind=\"add\"} 0",
            "sprag_drift_last_scan_timestamp_seconds{environment=\"prod\"} 1700000000.123",
            "sprag_drift_scan_duration_seconds{environment=\"prod\"} 4.500",
            "sprag_drift_undelivered_notifications{environment=\"prod\"} 1",
            "sprag_drift_noise_ratio{environment=\"prod\"} 0.25",
            "pve_drift_status{env=\"prod\"} 1",
            "pve_drift_resources_changed{env=\"prod\"} 2",
            "pve_drift_last_check_timestamp{env=\"prod\"} 1700000000",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
    }

    #[test]
    fn errors_have_their_kind_and_success_stays_old() {
        let mut scan = scan(Verdict::Error);
        let (kind, phase) = (ErrorKind::Lock, Phase::Plan);
        scan.failure = Some(Failure { kind, phase, message: String::new(), remedy: None });
        let text = render(&Measured { scan: &scan, last_success_ms: None, undelivered: 0, noise_ratio: 0.0 }, None);
        assert!(text.contains("sprag_drift_error{environment=\"prod\",kind=\"lock\"} 1"), "{text}");
        assert!(text.contains("sprag_drift_error{environment=\"prod\",kind=\"timeout\"} 0"), "{text}");
        assert!(!text.contains("last_success") && !text.contains("pve_drift"), "{text}");
    }

    #[test]
    fn files_are_replaced_as_a_whole_and_readable() {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), "prod", "old\n").unwrap();
        let path = write(directory.path(), "prod", "new\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        assert!(write(&directory.path().join("missing"), "prod", "x").is_err());
        remove(directory.path(), "prod").unwrap();
        remove(directory.path(), "prod").unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
