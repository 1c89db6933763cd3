//! `sprag retry`: the BATS suite for what scripts see, and here what takes two processes: signals, streams, limits.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

const SPRAG: &str = env!("CARGO_BIN_EXE_sprag");

/// A running `sprag retry`, without a terminal.
struct Retry {
    child: Child,
    stdout: BufReader<std::process::ChildStdout>,
    stderr: BufReader<std::process::ChildStderr>,
}

impl Retry {
    fn start(arguments: &[&str]) -> Self {
        // Who runs the tests may ignore signals, as `nohup` does, and that is inherited.
        Self::spawn(Command::new("env").args(["--default-signal", "setsid", SPRAG, "retry"]).args(arguments))
    }

    fn spawn(command: &mut Command) -> Self {
        let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = streams.env_remove("SPRAG_DRY_RUN").spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self { child, stdout, stderr }
    }

    fn wait_for(&mut self, expected: &str) {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        assert_eq!(line.trim_end(), expected);
    }

    fn wait_for_message(&mut self, expected: &str) {
        let mut line = String::new();
        self.stderr.read_line(&mut line).unwrap();
        assert!(line.contains(expected), "{line}");
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Exit status as a shell gives it, and the rest of both outputs.
    fn end(mut self) -> (i32, String, String) {
        drop(self.child.stdin.take());
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).unwrap();
        self.stderr.read_to_string(&mut stderr).unwrap();
        let status = self.child.wait().unwrap();
        (status.code().unwrap_or_else(|| 128 + status.signal().unwrap()), stdout, stderr)
    }
}

/// Announces itself, then waits for the signal and leaves with status 5.
fn trap(signal: &str) -> String {
    format!("trap 'exit 5' {signal}; echo ready; while :; do sleep 0.05; done")
}

#[test]
fn the_bats_suite_passes() {
    if Command::new("bats").arg("--version").output().is_err() {
        return common::e2e::skip("bats");
    }
    // A session of its own: no terminal, as in CI.
    let output = Command::new("setsid")
        .args(["--wait", "bats", "tests/retry.bats"])
        .current_dir(common::root())
        .env("SPRAG", SPRAG)
        .env("ROOT", common::root())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.lines().filter(|line| line.starts_with("ok ")).count() >= 8, "{text}");
}

#[test]
fn signals_reach_the_command_and_end_the_attempts() {
    for (signal, name) in [(Signal::TERM, "TERM"), (Signal::INT, "INT"), (Signal::HUP, "HUP"), (Signal::QUIT, "QUIT")] {
        let mut retry = Retry::start(&["--", "sh", "-c", &trap(name)]);
        retry.wait_for("ready");
        retry.signal(signal);
        let (status, stdout, stderr) = retry.end();
        assert_eq!((status, stdout.as_str()), (5, ""), "{name}: {stderr}");
        let last = format!("gave up after 1 attempt, stopped by SIG{name}\n");
        assert!(stderr.ends_with(&last), "{stderr}");
    }
}

#[test]
fn a_command_that_works_in_spite_of_a_signal_has_worked() {
    let mut retry = Retry::start(&["--", "sh", "-c", "trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done"]);
    retry.wait_for("ready");
    retry.signal(Signal::TERM);
    // The shell may tell that its own `sleep` was ended; sprag has nothing to say.
    let (status, _, stderr) = retry.end();
    assert_eq!((status, stderr.contains("sprag:")), (0, false), "{stderr}");
}

#[test]
fn a_signal_during_a_pause_ends_it() {
    for (signal, status) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129)] {
        let mut retry = Retry::start(&["--delay", "1h", "--", "false"]);
        retry.wait_for_message("attempt 1 of 3 failed with exit status 1; next in 1h");
        retry.signal(signal);
        let (found, _, stderr) = retry.end();
        assert_eq!(found, status, "{stderr}");
        assert!(stderr.contains("gave up after 1 attempt, stopped by"), "{stderr}");
    }
}

#[test]
fn an_interrupt_ends_us_as_shells_expect() {
    let mut retry = Retry::start(&["--", "sh", "-c", "echo ready; exec sleep 60"]);
    retry.wait_for("ready");
    retry.signal(Signal::INT);
    let mut stderr = String::new();
    retry.stderr.read_to_string(&mut stderr).unwrap();
    assert!(stderr.contains("attempt 1 of 3 was ended by SIGINT\n"), "{stderr}");
    assert_eq!(retry.child.wait().unwrap().signal(), Some(2));
}

#[test]
fn ignored_signals_stay_ignored() {
    let script = format!("trap '' HUP; exec setsid {SPRAG} retry -- sh -c 'echo ready; read -r line; echo $line'");
    let mut retry = Retry::spawn(Command::new("sh").args(["-c", &script]));
    retry.wait_for("ready");
    retry.signal(Signal::HUP);
    retry.child.stdin.as_mut().unwrap().write_all(b"still here\n").unwrap();
    assert_eq!(retry.end(), (0, "still here\n".to_owned(), String::new()));
}

#[test]
fn a_command_that_ignores_the_end_is_killed() {
    let stubborn = "trap '' TERM; echo ready; while :; do sleep 0.05; done";
    let limits = ["--attempts", "1", "--timeout", "200ms", "--kill-after", "100ms", "--"];
    let (status, stdout, stderr) = Retry::start(&[&limits[..], &["sh", "-c", stubborn]].concat()).end();
    assert_eq!((status, stdout.as_str()), (124, "ready\n"), "{stderr}");
}

#[test]
fn bytes_pass_unchanged() {
    let mut retry = Retry::start(&["--", "cat"]);
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let mut stdin = retry.child.stdin.take().unwrap();
    let sent = bytes.clone();
    let writer = std::thread::spawn(move || stdin.write_all(&sent).unwrap());
    let mut received = Vec::new();
    retry.stdout.read_to_end(&mut received).unwrap();
    writer.join().unwrap();
    assert!(received == bytes);
    assert_eq!(retry.end().0, 0);
}
