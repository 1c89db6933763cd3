//! `sprag new alerts`: the reference rules and their unit tests. They are the rules of `testdata/homelab`: what the
//! example has, a user gets.

use std::fmt::Write;
use std::path::PathBuf;

use super::create_all;
use crate::cli::args::{NewAlertsArgs, Notify};

/// The rules of one domain with their tests.
struct Domain {
    name: &'static str,
    rules: &'static str,
    tests: &'static str,
    /// Who has the metrics.
    reads: &'static str,
}

macro_rules! domain {
    ($name:literal, $reads:literal) => {
        Domain {
            name: $name,
            rules: include_str!(concat!("../../../testdata/homelab/monitoring/rules/", $name, ".yml")),
            tests: include_str!(concat!("../../../testdata/homelab/monitoring/rules/tests/", $name, ".yml")),
            reads: $reads,
        }
    };
}

const DOMAINS: [Domain; 7] = [
    domain!("hosts", "node-exporter with --collector.systemd, scraped as job `node`"),
    domain!("proxmox", "prometheus-pve-exporter, scraped as job `pve`"),
    domain!("prometheus", "Prometheus and Alertmanager themselves, as jobs `prometheus` and `alertmanager`"),
    domain!("backups", "textfile metrics homelab_backup_*, and prometheus-pve-exporter"),
    domain!("drift", "textfile metrics of `sprag drift scan`"),
    domain!("health", "textfile metrics homelab_health_*"),
    domain!("lifecycle", "textfile metrics homelab_lifecycle_*"),
];

/// Alerts that `sprag drift scan` sends itself when it notifies Alertmanager.
const SENT_BY_SPRAG: [&str; 2] = ["DriftDetected", "DriftScanFailed"];

pub(super) fn run(args: &NewAlertsArgs) -> Result<String, String> {
    let left_out: &[&str] = match args.notify {
        Notify::Alertmanager => &SENT_BY_SPRAG,
        Notify::Metrics => &[],
    };
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    let mut told = String::new();
    let mut total = 0;
    for domain in &DOMAINS {
        let rules = without(domain.rules, RULE, left_out);
        let count = rules.lines().filter(|line| line.starts_with(RULE)).count();
        total += count;
        let path = args.dir.join(format!("{}.yml", domain.name));
        let _ = writeln!(told, "{}: {count} alerts; they read {}", path.display(), domain.reads);
        files.push((path, rules));
        let tests = args.dir.join("tests").join(format!("{}.yml", domain.name));
        files.push((tests, without(domain.tests, TEST, left_out)));
    }
    create_all(&files)?;
    let dir = args.dir.display();
    let _ = writeln!(told, "\nwrote {total} alerts, and tests of each of them");
    let _ = writeln!(told, "load:   rule_files: [\"{dir}/*.yml\"] in prometheus.yml");
    let _ = writeln!(told, "test:   promtool test rules {dir}/tests/*.yml");
    let _ = writeln!(told, "adapt:  the names of jobs to yours; `sprag lint` says which fit no scrape configuration");
    Ok(told)
}

/// How a rule begins.
const RULE: &str = "      - alert: ";

/// How a test begins.
const TEST: &str = "  - name: ";

/// `text` without the list items that `start` begins and that are called one of `names`. Comments right above an item
/// belong to it.
fn without(text: &str, start: &str, names: &[&str]) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let is_start = |at: &usize| lines[*at].starts_with(start);
    let is_comment = |line: &str| line.trim_start().starts_with('#') && line.starts_with("  ");
    let mut starts: Vec<usize> = (0..lines.len()).filter(is_start).collect();
    let name = |at: usize| lines[at][start.len()..].trim();
    let is_left_out: Vec<bool> = starts.iter().map(|at| names.contains(&name(*at))).collect();
    for at in &mut starts {
        while *at > 0 && is_comment(lines[*at - 1]) {
            *at -= 1;
        }
    }
    let head = starts.first().copied().unwrap_or(lines.len());
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    let items = starts.iter().copied().zip(ends).zip(is_left_out).filter(|(_, is_out)| !is_out);
    let mut kept: Vec<&str> = lines[..head].to_vec();
    for ((from, to), _) in items {
        kept.extend(&lines[from..to]);
    }
    while kept.last().is_some_and(|line| line.is_empty()) {
        kept.pop();
    }
    kept.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prometheus::{Content, read};

    fn alerts(text: &str) -> Vec<String> {
        let Content::Rules(file) = read(text.as_bytes()) else { panic!("no rule file:\n{text}") };
        assert!(file.violations.is_empty() && file.syntax_errors.is_empty(), "{text}");
        file.alerts().filter_map(|(_, rule)| Some(rule.name()?.value.clone())).collect()
    }

    #[test]
    fn all_domains_have_alerts_and_each_alert_has_a_test() {
        let mut total = 0;
        for domain in &DOMAINS {
            let found = alerts(domain.rules);
            total += found.len();
            for name in &found {
                assert!(domain.tests.contains(&format!("{TEST}{name}\n")), "{name} has no test");
                let silent = domain.tests.matches(&format!("alertname: {name}, exp_alerts: []}}")).count();
                let firing = domain.tests.matches(&format!("alertname: {name}\n        exp_alerts:\n")).count();
                assert!(silent > 0 && firing > 0, "{name}: {silent} silent, {firing} firing");
            }
            assert_eq!(without(domain.rules, RULE, &[]), domain.rules);
            assert_eq!(without(domain.tests, TEST, &[]), domain.tests);
        }
        assert!(total >= 26, "{total}");
    }

    #[test]
    fn what_sprag_sends_itself_is_left_out_with_its_tests() {
        let drift = DOMAINS.iter().find(|domain| domain.name == "drift").unwrap();
        let rules = without(drift.rules, RULE, &SENT_BY_SPRAG);
        assert_eq!(alerts(&rules), ["DriftScanOverdue", "DriftMetricsMissing"]);
        let tests = without(drift.tests, TEST, &SENT_BY_SPRAG);
        assert!(!tests.contains("DriftDetected") && tests.contains("DriftScanOverdue"));
        assert!(rules.contains("# Every environment is scanned once a day.\n      - alert: DriftScanOverdue"));
    }
}
