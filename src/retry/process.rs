//! One attempt at a command: started, waited for, ended when it takes too long, and told of the signals that reach this
//! process meanwhile. Its standard streams are the caller's business.
//!
//! A command gets a process group of its own, so that ending it ends its children too. Only where this process is in
//! the foreground of a terminal the group is shared, because a group in the background may not read from the terminal
//! (`ssh` asks for a passphrase there); then a limit ends the command itself, not its children, and keys such as Ctrl-C
//! reach the command without us.

use std::cell::Cell;
use std::fs;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use signal_hook::consts::SIGCHLD;
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::origin::WithOrigin;
use signal_hook::low_level::siginfo::Cause;

use super::Clock;

/// The signals that ask a process to end, and are passed on.
const ENDING: [Signal; 4] = [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM];

/// How often it is looked whether the children of a command that took too long are gone.
const POLL: Duration = Duration::from_millis(20);

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself.
    Exited(ExitStatus),
    /// It took too long and was ended.
    TimedOut,
}

enum Event {
    /// A child may have ended.
    Child,
    /// A signal to pass on, and whether the kernel sent it, as it does for keys of a terminal.
    Ending { signal: Signal, from_kernel: bool },
}

/// Runs commands one after another, and notices signals between them too.
#[derive(Debug)]
pub struct Runner {
    events: Receiver<Event>,
    shares_group: bool,
    grace: Duration,
    interrupted: Cell<Option<i32>>,
}

impl Runner {
    /// Takes over the signals of this process, for as long as it lives. Between the TERM and the KILL that end a command
    /// lies `grace`. Signals that are ignored, as under `nohup`, stay so.
    ///
    /// # Errors
    /// When the signals cannot be taken over.
    pub fn new(grace: Duration) -> io::Result<Self> {
        let ignored = ignored_signals();
        let ending = ENDING.map(Signal::as_raw).into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
        let mut signals = SignalsInfo::<WithOrigin>::new(ending.chain([SIGCHLD]))?;
        let (sender, events) = mpsc::channel();
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for origin in signals.forever() {
                let signal = ENDING.into_iter().find(|signal| signal.as_raw() == origin.signal);
                let from_kernel = matches!(origin.cause, Cause::Kernel);
                let event = signal.map_or(Event::Child, |signal| Event::Ending { signal, from_kernel });
                if sender.send(event).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { events, shares_group: in_foreground(), grace, interrupted: Cell::new(None) })
    }

    /// The number of the first signal that asked this process to end.
    #[must_use]
    pub fn interrupted(&self) -> Option<i32> {
        self.interrupted.get()
    }

    /// Runs `command` until it ends or `timeout` has passed.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn run(&self, command: &mut Command, timeout: Option<Duration>) -> io::Result<Ended> {
        if !self.shares_group {
            command.process_group(0);
        }
        let limit = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut child = command.spawn()?;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Ended::Exited(status));
            }
            match self.next(limit) {
                Some(Event::Ending { signal, from_kernel }) if !(self.shares_group && from_kernel) => {
                    self.signal(&child, signal);
                }
                Some(_) => {}
                None => return self.end(&mut child),
            }
        }
    }

    /// Ends a command: TERM, and KILL for what is left of it after the grace.
    fn end(&self, child: &mut Child) -> io::Result<Ended> {
        self.signal(child, Signal::TERM);
        let limit = Instant::now() + self.grace;
        while !self.is_gone(child)? {
            if Instant::now() >= limit {
                self.signal(child, Signal::KILL);
                child.wait()?;
                break;
            }
            if let Some(Event::Ending { signal, .. }) = self.next(Some(limit.min(Instant::now() + POLL))) {
                self.signal(child, signal);
            }
        }
        Ok(Ended::TimedOut)
    }

    /// Whether a command and, in a group of its own, its children have ended.
    fn is_gone(&self, child: &mut Child) -> io::Result<bool> {
        let has_ended = child.try_wait()?.is_some();
        let has_children = !self.shares_group && rustix::process::test_kill_process_group(pid(child)).is_ok();
        Ok(has_ended && !has_children)
    }

    /// Sends a signal; that the receiver has just ended is no error.
    fn signal(&self, child: &Child, signal: Signal) {
        let _ = if self.shares_group {
            rustix::process::kill_process(pid(child), signal)
        } else {
            rustix::process::kill_process_group(pid(child), signal)
        };
    }

    /// What happens next, `None` when nothing does until `limit`.
    fn next(&self, limit: Option<Instant>) -> Option<Event> {
        let event = match limit {
            None => self.events.recv().ok(),
            Some(limit) => self.events.recv_timeout(limit.saturating_duration_since(Instant::now())).ok(),
        };
        if let Some(Event::Ending { signal, .. }) = event {
            self.interrupted.set(self.interrupted.get().or(Some(signal.as_raw())));
        }
        event
    }
}

/// Pauses end early when a signal asks this process to end.
impl Clock for Runner {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn pause(&self, duration: Duration) -> bool {
        let limit = Instant::now().checked_add(duration);
        while self.interrupted().is_none() {
            if self.next(limit).is_none() {
                break;
            }
        }
        self.interrupted().is_none()
    }
}

/// The exit status that a shell gives: 128 and the signal's number for a command that a signal ended.
#[must_use]
pub fn shell_status(status: ExitStatus) -> u8 {
    let number = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(i32::from(u8::MAX));
    u8::try_from(number).unwrap_or(u8::MAX)
}

/// Calls `action` in a thread of its own whenever this process is asked to end by SIGHUP, SIGINT or SIGTERM, which then
/// no longer end it by themselves.
///
/// # Errors
/// When the system does not allow it.
pub fn on_interrupt(action: impl Fn() + Send + 'static) -> io::Result<()> {
    let asked = [Signal::HUP, Signal::INT, Signal::TERM].map(Signal::as_raw);
    let mut signals = signal_hook::iterator::Signals::new(asked)?;
    thread::spawn(move || {
        for _ in signals.forever() {
            action();
        }
    });
    Ok(())
}

/// The name of a signal, such as `SIGTERM`.
#[must_use]
pub fn signal_name(signal: i32) -> String {
    signal_hook::low_level::signal_name(signal).map_or_else(|| format!("signal {signal}"), str::to_owned)
}

/// Ends this process as if it had not handled SIGINT. A shell that runs a script stops it only when the command that
/// Ctrl-C interrupted has [died of it](https://www.cons.org/cracauer/sigint.html).
pub fn die_of_interrupt() {
    let _ = signal_hook::low_level::emulate_default_handler(Signal::INT.as_raw());
}

fn pid(child: &Child) -> Pid {
    Pid::from_child(child)
}

/// Whether this process may read from its terminal.
fn in_foreground() -> bool {
    let terminal = fs::File::open("/dev/tty");
    terminal.is_ok_and(|terminal| rustix::termios::tcgetpgrp(terminal).ok() == Some(rustix::process::getpgrp()))
}

/// The signals that are ignored, the lowest bit for signal 1; none where there is no `/proc`.
fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
