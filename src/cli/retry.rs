//! `sprag retry`: runs a command until it works, a few times at most. Standard input and output are the command's own;
//! everything said here goes to standard error.

use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitCode, ExitStatus};
use std::time::Duration;

use super::args::RetryArgs;
use super::terminal;
use crate::config::format_duration;
use crate::retry::process::{self, Ended, Runner};
use crate::retry::{Attempt, GaveUp, Next, Policy, Reason, Task};
use crate::shell;

/// Statuses of sprag's own, the same as in env(1), nohup(1) and timeout(1).
const TIMED_OUT: u8 = 124;
pub(super) const OWN_FAILURE: u8 = 125;
const NOT_EXECUTABLE: u8 = 126;
const NOT_FOUND: u8 = 127;

pub(super) fn run(args: &RetryArgs) -> ExitCode {
    if args.dry_run || dry_run_is_wanted() {
        let text = shell::quote_command(&args.command);
        terminal::write_stderr(&[b"sprag: would run: ", text.as_slice(), b"\n"].concat());
        return ExitCode::SUCCESS;
    }
    let runner = match Runner::new(args.kill_after) {
        Ok(runner) => runner,
        Err(error) => {
            terminal::complain(&format!("cannot take over signals: {error}"));
            return ExitCode::from(OWN_FAILURE);
        }
    };
    let policy = Policy { attempts: args.attempts, delay: args.delay, timeout: args.timeout };
    let mut attempts = Attempts { args, runner: &runner };
    let status = match policy.run(&mut attempts, &runner, None) {
        Ok(()) => 0,
        Err(gave_up) => attempts.close(gave_up),
    };
    if runner.interrupted() == Some(2) && status == 130 {
        process::die_of_interrupt();
    }
    ExitCode::from(status)
}

/// A script's own switch for dry runs, passed on to everything it calls.
fn dry_run_is_wanted() -> bool {
    std::env::var("SPRAG_DRY_RUN").is_ok_and(|value| value == "1" || value == "true")
}

/// Why an attempt failed.
enum Failure {
    /// The command ended with a status other than 0.
    Status(ExitStatus),
    /// The command took too long.
    TimedOut(Duration),
    /// The command could not be started.
    NotStarted(io::Error),
}

impl Failure {
    /// The exit status for it.
    fn status(&self) -> u8 {
        match self {
            Self::Status(status) => process::shell_status(*status),
            Self::TimedOut(_) => TIMED_OUT,
            Self::NotStarted(error) => match error.kind() {
                io::ErrorKind::NotFound => NOT_FOUND,
                io::ErrorKind::OutOfMemory | io::ErrorKind::WouldBlock => OWN_FAILURE,
                _ => NOT_EXECUTABLE,
            },
        }
    }

    /// What happened: `failed with exit status 255`.
    fn describe(&self) -> String {
        match self {
            Self::Status(status) => match status.code() {
                Some(code) => format!("failed with exit status {code}"),
                None => {
                    let signal = i32::from(process::shell_status(*status)) - 128;
                    format!("was ended by {}", process::signal_name(signal))
                }
            },
            Self::TimedOut(limit) => format!("took longer than {} and was ended", format_duration(*limit)),
            Self::NotStarted(error) if error.kind() == io::ErrorKind::NotFound => {
                "cannot be started: no such command".to_owned()
            }
            Self::NotStarted(error) => format!("cannot be started: {error}"),
        }
    }
}

/// The attempts at one command.
struct Attempts<'a> {
    args: &'a RetryArgs,
    runner: &'a Runner,
}

impl Attempts<'_> {
    /// The name of the command. Its arguments may be secret.
    fn name(&self) -> String {
        self.args.command.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Whether another attempt is wanted after this status.
    fn is_listed(&self, status: u8) -> bool {
        self.args.on_exit.is_empty() || self.args.on_exit.contains(&status)
    }

    /// Says that there will be no other attempt; gives the exit status.
    fn close(&self, gave_up: GaveUp<Failure>) -> u8 {
        let GaveUp { attempts, last: Some(last), reason } = gave_up else { return OWN_FAILURE };
        let status = last.status();
        let why = match (self.runner.interrupted(), reason) {
            (Some(signal), _) => format!(", stopped by {}", process::signal_name(signal)),
            (None, Reason::Permanent) if matches!(last, Failure::Status(_) | Failure::TimedOut(_)) => {
                format!(", because --on-exit does not list {status}")
            }
            _ => String::new(),
        };
        let times = if attempts == 1 { "1 attempt".to_owned() } else { format!("{attempts} attempts") };
        terminal::complain(&format!("{}: gave up after {times}{why}", self.name()));
        match (self.runner.interrupted(), reason) {
            // No command was running that could have ended with a status of its own.
            (Some(signal), Reason::Interrupted) => u8::try_from(128 + signal).unwrap_or(OWN_FAILURE),
            _ => status,
        }
    }
}

impl Task for Attempts<'_> {
    type Output = ();
    type Error = Failure;

    fn attempt(&mut self, attempt: Attempt) -> Result<(), Failure> {
        let words: &[OsString] = &self.args.command;
        let (name, arguments) =
            words.split_first().ok_or_else(|| Failure::NotStarted(io::ErrorKind::NotFound.into()))?;
        let ended = self.runner.run(Command::new(name).args(arguments), attempt.timeout);
        match ended {
            Ok(Ended::Exited(status)) if status.success() => {
                if attempt.number > 1 {
                    let name = self.name();
                    terminal::complain(&format!("{name}: attempt {} of {} worked", attempt.number, attempt.of));
                }
                Ok(())
            }
            Ok(Ended::Exited(status)) => Err(Failure::Status(status)),
            Ok(Ended::TimedOut) => Err(Failure::TimedOut(attempt.timeout.unwrap_or_default())),
            Err(error) => Err(Failure::NotStarted(error)),
        }
    }

    fn is_transient(&self, failure: &Failure) -> bool {
        let can_start = !matches!(failure, Failure::NotStarted(_));
        can_start && self.runner.interrupted().is_none() && self.is_listed(failure.status())
    }

    fn failed(&mut self, attempt: Attempt, failure: &Failure, next: Next) {
        let next = match next {
            Next::Pause(pause) => format!("; next in {}", format_duration(pause)),
            Next::GiveUp(_) => String::new(),
        };
        let what = failure.describe();
        let name = self.name();
        terminal::complain(&format!("{name}: attempt {} of {} {what}{next}", attempt.number, attempt.of));
    }
}
