//! Dumps of metrics for us and for `promtool check metrics` of Prometheus 2.42: both take the same, but for what the
//! newer format of OpenMetrics allows and for what is listed here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::io::Write;
use std::process::{Command, Stdio};

use sprag::syntax::exposition::parse;

/// Whether promtool reads `dump`, and what it says; nothing where there is no promtool.
fn promtool(dump: &str) -> Option<(bool, String)> {
    let mut child = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    // It may stop reading at the first mistake.
    let _ = child.stdin.take().unwrap().write_all(dump.as_bytes());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Some((!said.contains("error while linting"), said))
}

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

const CASES: &[&str] = &[
    "a 1\n",
    "a{} 1\n",
    "a { b = \"c\" , } 1 1700000000000\n",
    "a{b=\"c\",} +Inf\n",
    "a{,} 1\n",
    "a{b=\"c\",,} 1\n",
    "a{b=\"c\"d=\"e\"} 1\n",
    "a{b=\"c\",b=\"d\"} 1\n",
    "a{b='c'} 1\n",
    "a{b=\"\\x\"} 1\n",
    "a{b=\"\\\\ \\\" \\n\"} 1\n",
    "a{b=\"c} 1\n",
    "a{0b=\"c\"} 1\n",
    "a{b:c=\"c\"} 1\n",
    "a:b 1\n",
    "1a 1\n",
    "a\n",
    "a \n",
    "a x\n",
    "a 1 x\n",
    "a 1 2 3\n",
    "a NaN\na nan\na -inf\na 1e400\na .5\na 5.\n",
    "a 1_0\n",
    "\n\n  \t\n",
    "# a comment\n#\n#HELP\n",
    "# HELP a\n# TYPE a gauge\na 1\n",
    "# HELP a x\n# HELP a y\na 1\n",
    "# TYPE a gauge\n# TYPE a counter\na 1\n",
    "a 1\n# TYPE a gauge\n",
    "# TYPE a gouge\n",
    "# TYPE a\n",
    "# TYPE 1 gauge\n",
    "# TYPE a GAUGE\na 1\n",
    "# HELP a back\\\\slash and\\nline\na 1\n",
    "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
    "# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 1\ns_count 1\n",
    "a{b=\"é\"} 1\n",
    "é 1\n",
    "<html>\n",
    "{\"status\":\"success\"}\n",
];

/// What promtool takes and we do not: a backslash after a type.
fn is_beyond_us(dump: &str) -> bool {
    dump.lines().any(|line| line.starts_with("# TYPE") && line.trim_end().ends_with('\\'))
}

/// What we take and promtool does not: the type of a family that was given already, exemplars, types and timestamps of
/// OpenMetrics, names in quotes, `le` and `quantile` that are no numbers, numbers beyond the largest.
fn is_beyond_promtool(dump: &str, said: &str) -> bool {
    let sayings = [
        "second HELP line",
        "second TYPE line",
        "unknown metric type",
        "expected integer as timestamp",
        "expected float as value for 'le'",
        "expected float as value for 'quantile'",
        "spurious string after timestamp",
        "invalid metric name",
        "value out of range",
    ];
    sayings.iter().any(|saying| said.contains(saying)) || dump.contains("1e400")
}

#[test]
fn written_cases() {
    if promtool("a 1\n").is_none() {
        return common::e2e::skip("promtool");
    }
    let mut wrong = Vec::new();
    for case in CASES {
        let (theirs, said) = promtool(case).unwrap();
        let errors = parse(case.as_bytes()).errors;
        if errors.is_empty() != theirs && !(errors.is_empty() && is_beyond_promtool(case, &said)) {
            wrong.push(format!("{case:?}: promtool {theirs} ({}), we {errors:?}", said.trim()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn mutations() {
    if promtool("a 1\n").is_none() {
        return common::e2e::skip("promtool");
    }
    let dump = "# HELP node_cpu_seconds_total Seconds\n# TYPE node_cpu_seconds_total counter\n\
                node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} 12.5\n# TYPE up gauge\nup 1 1700000000000\n\
                # TYPE d histogram\nd_bucket{le=\"0.1\"} 1\nd_bucket{le=\"+Inf\"} 2\nd_sum 1e-3\nd_count 2\n";
    let letters: Vec<char> = "{}=\",\\ \n#ax1_:.-+".chars().collect();
    let mut random = Random(7);
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for _ in 0..120 {
        let mut text: Vec<char> = dump.chars().collect();
        for _ in 0..=random.below(2) {
            let at = random.below(text.len() - 1);
            match random.below(3) {
                0 => drop(text.remove(at)),
                1 => text.insert(at, letters[random.below(letters.len())]),
                _ => text[at] = letters[random.below(letters.len())],
            }
        }
        let text: String = text.into_iter().collect();
        let (theirs, said) = promtool(&text).unwrap();
        let errors = parse(text.as_bytes()).errors;
        refused += usize::from(!theirs);
        let is_listed = if theirs { is_beyond_us(&text) } else { is_beyond_promtool(&text, &said) };
        if errors.is_empty() != theirs && !is_listed {
            wrong.push(format!("{text:?}\n  promtool {theirs} ({}), we {errors:?}", said.trim()));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!((30..116).contains(&refused), "{refused} of 120 are refused");
}
