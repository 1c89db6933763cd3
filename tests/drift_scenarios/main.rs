//! What a scan says in every situation of the facts, with the real terraform and a drifting provider of our own: verdict,
//! kind of error, exit status, history, metrics and notification of each row of the tables in `rows` and `store`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

#[path = "../common/mod.rs"]
mod common;
mod object_store;
mod rows;
mod store;

use common::e2e::skip;
use common::lab::{CONFIG, Lab, Receiver, SECRET};
use libtest_mimic::{Arguments, Trial};
use serde_json::Value;

/// How many rows run at once: each keeps a core busy.
const AT_ONCE: usize = 2;

/// One situation.
pub(crate) struct Row {
    /// What happened, in words.
    pub(crate) name: &'static str,
    /// Makes it happen in a lab that conforms.
    pub(crate) prepare: fn(&Lab),
    /// What the scan must say.
    pub(crate) expected: Expected,
    /// What else must hold of the scan as JSON.
    pub(crate) check: fn(&Value) -> bool,
}

/// What a scan says.
#[derive(Clone, Copy)]
pub(crate) enum Expected {
    /// A verdict.
    Verdict(&'static str),
    /// No verdict, for a reason of this kind.
    Error(&'static str),
}

impl Expected {
    const fn verdict(self) -> &'static str {
        match self {
            Self::Verdict(verdict) => verdict,
            Self::Error(_) => "error",
        }
    }

    fn exit(self) -> i32 {
        match self.verdict() {
            "drift" => 2,
            "error" => 1,
            _ => 0,
        }
    }

    /// The alerts that are posted, with whether they are over.
    fn told(self) -> Vec<(String, bool)> {
        match self.verdict() {
            "drift" => vec![("SpragDrift".to_owned(), false)],
            "error" => vec![("SpragDriftError".to_owned(), false)],
            _ => Vec::new(),
        }
    }
}

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(AT_ONCE);
    let stores: &[Row] = if object_store::is_installed() {
        store::ROWS
    } else {
        skip("moto_server");
        &[]
    };
    let rows = rows::ROWS.iter().chain(stores);
    let trials = rows.map(|row| {
        Trial::test(row.name.replace(' ', "_"), || {
            run(row);
            Ok(())
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    object_store::stop();
    conclusion.exit();
}

fn run(row: &Row) {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    let receiver = Receiver::listen(0);
    let notify = format!("  notify \"alertmanager\" {{\n    url = \"http://127.0.0.1:{}\"\n  }}\n}}\n", receiver.port);
    lab.write(".sprag.hcl", &format!("{}{notify}", CONFIG.strip_suffix("}\n").unwrap()));
    (row.prepare)(&lab);
    let (scan, exit) = lab.scan();
    let expected = row.expected;
    assert_eq!(scan["verdict"], expected.verdict(), "{scan:#}");
    assert_eq!(exit, expected.exit(), "{scan:#}");
    if let Expected::Error(kind) = expected {
        assert_eq!(scan["error"]["kind"], kind, "{scan:#}");
        assert!(scan["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{scan:#}");
        assert!(scan["changes"].as_array().unwrap().is_empty(), "an error is no drift: {scan:#}");
    } else {
        assert!(scan["error"].is_null(), "{scan:#}");
    }
    assert!((row.check)(&scan), "{scan:#}");

    // The history has the same.
    let id = scan["id"].to_string();
    let stored = lab.json(&["log", &id])["scan"].clone();
    assert_eq!(stored, scan, "the history keeps what was shown");

    let metrics = lab.metrics();
    for state in ["conforming", "pending", "stale", "drift", "error"] {
        let value = u8::from(state == expected.verdict());
        let line = format!("sprag_drift_state{{environment=\"prod\",state=\"{state}\"}} {value}");
        assert!(metrics.contains(&line), "{line} is missing in\n{metrics}");
    }
    if let Expected::Error(kind) = expected {
        let line = format!("sprag_drift_error{{environment=\"prod\",kind=\"{kind}\"}} 1");
        assert!(metrics.contains(&line), "{line} is missing in\n{metrics}");
    }
    let posted = format!("{:?}", receiver.bodies.lock().unwrap());
    assert_eq!(receiver.take(), expected.told());
    let page = lab.sprag(&["log", &id]);
    for (place, text) in [("a post", posted), ("a page", format!("{page:?}")), ("the metrics", metrics)] {
        assert!(!text.contains(SECRET), "the secret is in {place}: {text}");
    }
    let kept = walkdir::WalkDir::new(lab.sandbox.path("home")).into_iter().filter_map(Result::ok);
    for entry in kept.filter(|entry| entry.file_type().is_file() && !entry.path().ends_with("terraform.tfstate")) {
        let bytes = std::fs::read(entry.path()).unwrap();
        let has_secret = bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
        assert!(!has_secret, "the secret is in {}", entry.path().display());
    }

    let plans = walkdir::WalkDir::new(lab.sandbox.path("home")).into_iter().filter_map(Result::ok);
    let left: Vec<_> = plans.filter(|entry| entry.path().extension().is_some_and(|end| end == "plan")).collect();
    assert!(left.is_empty(), "plan files are left behind: {left:?}");
    let said = std::fs::read_to_string(lab.root.join("said")).unwrap_or_default();
    let words: Vec<&str> = said.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(words.iter().all(|word| matches!(*word, "version" | "init" | "plan" | "show")), "{said}");
}
