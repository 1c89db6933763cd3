//! Rule files with alerts and recording rules, written the way the well-known collections are.

use std::fmt::Write as _;

use super::random::Random;

const SUBJECTS: &[&str] = &["Host", "Postgres", "Redis", "Kubernetes", "Nginx", "Ceph", "Kafka", "Blackbox", "Zfs"];
const TROUBLES: &[&str] = &["Down", "OutOfMemory", "HighLatency", "TooManyErrors", "DiskFull", "Restarted", "Lagging"];
const EXPRESSIONS: &[&str] = &[
    "up == 0",
    "(node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes * 100 < 10)",
    "rate(node_vmstat_pgmajfault[1m]) > 1000",
    "(node_filesystem_avail_bytes{fstype!~\"^(fuse.*|tmpfs|cifs|nfs)\"} / node_filesystem_size_bytes < .10 and on (instance, device, mountpoint) node_filesystem_readonly == 0)",
    "sum by (instance) (rate(http_requests_total{status=~\"5..\"}[5m])) / sum by (instance) (rate(http_requests_total[5m])) * 100 > 5",
    "histogram_quantile(0.99, sum by (le, job) (rate(request_duration_seconds_bucket[5m]))) > 0.5",
    "predict_linear(node_filesystem_free_bytes[1h], 24 * 3600) < 0",
    "absent(up{job=\"prometheus\"})",
    "increase(kube_pod_container_status_restarts_total[1h]) > 3 unless on (namespace, pod) kube_pod_completion_time > 0",
    "label_replace(redis_connected_clients, \"node\", \"$1\", \"instance\", \"(.*):.*\") > 100",
    "changes(process_start_time_seconds{job=~\"alertmanager|prometheus\"}[15m]) > 2",
    "avg_over_time(probe_success[30m:1m]) * 100 < 99",
];

/// `count` rule files, each about `mean` bytes long.
pub(super) fn files(random: &mut Random, count: usize, mean: usize) -> Vec<(String, String)> {
    let one = |number| {
        let size = random.size(mean * 9 / 10);
        (format!("rules/area-{}/alerts-{number:03}.yml", number % 12), file(random, number, size))
    };
    (0..count).map(one).collect()
}

/// A rule file of at least `size` bytes; `number` makes its names unlike those of others.
pub(super) fn file(random: &mut Random, number: usize, size: usize) -> String {
    let mut text = format!("# Alerts of area {number}; each has a page in the runbook.\ngroups:\n");
    for group in 0.. {
        let _ = writeln!(text, "\n- name: area-{number}-{group}\n\n  rules:");
        for rule in 0..6 {
            text += &alert(random, &format!("{number}x{group}x{rule}"));
        }
        if random.below(3) == 0 {
            let _ = writeln!(
                text,
                "\n    - record: area{number}:requests{group}:rate5m\n      expr: sum by (job) (rate(http_requests_total[5m]))"
            );
        }
        if text.len() >= size {
            break;
        }
    }
    text
}

fn alert(random: &mut Random, number: &str) -> String {
    let (subject, trouble) = (random.pick(SUBJECTS), random.pick(TROUBLES));
    let expression = random.pick(EXPRESSIONS);
    let written = match random.below(4) {
        0 => format!("|\n        {expression}"),
        _ => format!("'{}'", expression.replace('\'', "''")),
    };
    let label = if expression.contains("absent(") || expression.contains("by (le, job)") { "job" } else { "instance" };
    let severity = random.pick(&["info", "warning", "critical"]);
    let minutes = 1 + random.below(15);
    format!(
        "\n    - alert: {subject}{trouble}{number}\n      expr: {written}\n      for: {minutes}m\n      labels:\n        severity: {severity}\n      annotations:\n        summary: {subject} in trouble ({label} {{{{ $labels.{label} }}}})\n        description: \"{subject} {trouble} for more than {minutes} minutes\\n  VALUE = {{{{ $value }}}}\\n  LABELS = {{{{ $labels }}}}\"\n"
    )
}
