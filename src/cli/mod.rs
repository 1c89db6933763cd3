//! The command line: arguments in, text and an exit status out. One file per command; all input and output of the
//! process is here and in `discover`.

mod args;
mod catalogue;
mod completions;
mod config;
#[cfg(feature = "drift")]
mod credentials;
#[cfg(feature = "drift")]
mod drift;
mod explain;
mod files;
mod git;
mod init;
mod lint;
mod lints;
mod new;
#[cfg(unix)]
mod retry;
mod terminal;
mod write;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

/// What the process tells its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: nothing found at or above the failing severity.
    Clean,
    /// 1: findings.
    Findings,
    /// 2: could not run: usage, configuration, nothing to read, unreadable paths.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let args = match parse() {
        Ok(args) => args,
        Err(error) => return refuse(&error),
    };
    let exit = match &args.command {
        args::Command::Lint(options) => leave(lint::run(options)),
        args::Command::Explain { lint } => explain::run(lint),
        args::Command::Lints => lints::run(),
        args::Command::Config(options) => config::run(options),
        args::Command::Init(options) => init::run(options),
        args::Command::New { command } => new::run(command),
        args::Command::Catalogue(options) => catalogue::run(options),
        args::Command::Completions { shell } => completions::completions(*shell),
        args::Command::Man { dir } => completions::man(dir.as_deref()),
        #[cfg(feature = "drift")]
        args::Command::Drift { command } => return drift::run(command).into(),
        #[cfg(unix)]
        args::Command::Retry(options) => return retry::run(options),
    };
    exit.into()
}

/// Ends the process as it is: the allocator would first give back all memory piece by piece, and the system does that at
/// once.
fn leave(exit: Exit) -> ! {
    let _ = std::io::stdout().flush();
    signal_hook::low_level::exit(exit as i32)
}

fn parse() -> Result<args::Args, clap::Error> {
    let mut command = args::Args::command().color(terminal::color_of_help());
    let mut matches = command.try_get_matches_from_mut(std::env::args_os())?;
    args::Args::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
}

/// Prints what is wrong with the arguments, or the help that they ask for. A mistake gives 2, but for two commands in
/// which 2 means something else.
fn refuse(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if !error.use_stderr() {
        return ExitCode::SUCCESS;
    }
    match std::env::args_os().nth(1) {
        // 2 is drift.
        #[cfg(feature = "drift")]
        Some(command) if command == "drift" => drift::DriftExit::Failed.into(),
        // It must not look like the status of the command that was to be run.
        #[cfg(unix)]
        Some(command) if command == "retry" => ExitCode::from(retry::OWN_FAILURE),
        _ => Exit::Failed.into(),
    }
}
