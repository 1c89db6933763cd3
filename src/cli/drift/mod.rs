//! `sprag drift`: what changed in reality behind Terraform's back. Here: what the subcommands share; one file for each.

mod doctor;
mod install;
mod json;
mod log;
mod notify;
mod page;
mod pause;
mod progress;
mod scan;
mod settings;
mod status;
mod text;

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use super::args::DriftCommand;
use super::terminal;
use crate::drift::history::{History, Location};
use settings::Settings;

/// What a subcommand of `sprag drift` tells its caller. Unlike elsewhere 1 is the failure: 2 is drift, as in terraform's
/// `-detailed-exitcode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DriftExit {
    /// 0: done, or conforming.
    Done,
    /// 1: whatever is not a verdict.
    Failed,
    /// 2: somebody changed reality.
    Drift,
}

impl From<DriftExit> for ExitCode {
    fn from(exit: DriftExit) -> Self {
        Self::from(exit as u8)
    }
}

pub(super) fn run(command: &DriftCommand) -> DriftExit {
    let done = |()| DriftExit::Done;
    let exit = match command {
        DriftCommand::Scan(args) => scan::run(args),
        DriftCommand::Status(args) => status::run(args).map(done),
        DriftCommand::Log(args) => log::run(args).map(done),
        DriftCommand::Notify(args) => notify::run(args).map(done),
        DriftCommand::Pause(args) => pause::run(args).map(done),
        DriftCommand::Doctor(args) => doctor::run(args),
        DriftCommand::Install(args) => install::run(args).map(done),
    };
    exit.unwrap_or_else(|message| {
        terminal::complain(&message);
        DriftExit::Failed
    })
}

/// The history, if there is one yet.
fn open_history(location: &Location) -> Result<Option<History>, String> {
    History::open_existing(&location.path).map_err(|error| error.to_string())
}

/// Says on standard error which history the answer is from.
fn name_history(location: &Location, exists: bool) {
    let (path, origin) = (location.path.display(), location.origin.as_str());
    let missing = if exists { "" } else { ": nothing was scanned yet" };
    terminal::write_stderr(format!("history {path} ({origin}){missing}\n").as_bytes());
}

/// Milliseconds since 1970; a clock before that counts as 1970.
fn now_ms() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}

fn print(text: &[u8]) -> Result<(), String> {
    terminal::write_stdout(text).map_err(|error| format!("standard output: {error}"))
}
