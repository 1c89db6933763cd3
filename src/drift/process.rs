//! Runs a child to its end within a deadline: first asked to stop (SIGINT, which lets terraform release its lock), later
//! killed with everything it started. Signals that sprag gets are handed on.

use std::io::{self, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// How often a running child is looked at.
const GLANCE: Duration = Duration::from_millis(20);

/// How long before its end a scan asks terraform to stop, and how long before it kills.
const ASK_BEFORE: Duration = Duration::from_secs(40);
const KILL_BEFORE: Duration = Duration::from_secs(10);

/// When a scan must be over.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    ask: Instant,
    kill: Instant,
    end: Instant,
}

impl Deadline {
    /// A scan that begins now and takes at most `total`: asked to stop 40 s before, killed 10 s before. A total of
    /// less than a minute is divided in proportion.
    #[must_use]
    pub fn within(total: Duration) -> Self {
        let now = Instant::now();
        let ask = total.checked_sub(ASK_BEFORE).filter(|ask| *ask >= total / 3).unwrap_or(total / 3);
        let kill = total.checked_sub(KILL_BEFORE).filter(|kill| *kill > ask).unwrap_or(total * 5 / 6);
        Self { ask: now + ask, kill: now + kill, end: now + total }
    }

    /// Whether it is time to stop.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        Instant::now() >= self.ask
    }

    /// The last moment.
    #[must_use]
    pub const fn end(&self) -> Instant {
        self.end
    }

    /// The moment from which nothing new is begun.
    #[must_use]
    pub const fn ask(&self) -> Instant {
        self.ask
    }
}

/// How often sprag itself was asked to stop. Shared by all scans of a process.
#[derive(Clone, Debug, Default)]
pub struct Interrupts(Arc<AtomicUsize>);

impl Interrupts {
    /// Counts one more request.
    pub fn raise(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    /// How many there were.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Why a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself.
    Exited,
    /// The deadline passed, and it stopped when asked.
    TimedOut,
    /// The deadline passed, and it had to be killed.
    Killed,
    /// sprag was asked to stop and handed that on.
    Interrupted,
}

/// What a child left.
#[derive(Debug)]
pub struct Output {
    /// Its exit status as a shell shows it: 128 and the number for a signal.
    pub status: i32,
    /// Why it ended.
    pub ended: Ended,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
}

/// Runs `command` in a process group of its own, without standard input.
///
/// # Errors
/// When it cannot be started.
pub(super) fn run(mut command: Command, deadline: &Deadline, interrupts: &Interrupts) -> io::Result<Output> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn()?;
    let stdout = drain(child.stdout.take());
    let stderr = drain(child.stderr.take());
    let waited = wait(&mut child, deadline, interrupts);
    // Nobody of the group may outlive its leader: a provider would keep the pipes open and hold connections.
    if let Some(group) = pid(&child) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let (status, ended) = waited?;
    let status = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    Ok(Output { status, ended, stdout: join(stdout), stderr: join(stderr) })
}

fn pid(child: &Child) -> Option<Pid> {
    Pid::from_raw(i32::try_from(child.id()).ok()?)
}

fn wait(child: &mut Child, deadline: &Deadline, interrupts: &Interrupts) -> io::Result<(ExitStatus, Ended)> {
    let mut ended = Ended::Exited;
    // One that came just before the child was started is meant for it too.
    let mut handed_on = 0;
    let leader = pid(child);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((status, ended));
        }
        let now = Instant::now();
        if interrupts.count() > handed_on {
            handed_on = interrupts.count();
            ended = Ended::Interrupted;
            let _ = leader.map(|leader| kill_process(leader, Signal::INT));
        } else if ended == Ended::Exited && now >= deadline.ask {
            ended = Ended::TimedOut;
            let _ = leader.map(|leader| kill_process(leader, Signal::INT));
        } else if ended != Ended::Killed && now >= deadline.kill {
            ended = Ended::Killed;
            let _ = leader.map(|leader| kill_process_group(leader, Signal::KILL));
        }
        thread::sleep(GLANCE);
    }
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is still worth having.
            let _ = pipe.read_to_end(&mut text);
        }
        text
    })
}

fn join(reader: JoinHandle<Vec<u8>>) -> Vec<u8> {
    reader.join().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, total: Duration) -> Output {
        run(shell_command(script), &Deadline::within(total), &Interrupts::default()).unwrap()
    }

    /// A shell can only trap what was not ignored when it started, and who runs the tests may ignore interrupts.
    fn shell_command(script: &str) -> Command {
        let mut command = Command::new("env");
        command.args(["--default-signal", "sh", "-c", script]);
        command
    }

    #[test]
    fn keeps_both_streams_and_the_status() {
        let output = shell("echo out; echo err >&2; exit 2", Duration::from_secs(60));
        assert_eq!((output.status, output.ended), (2, Ended::Exited));
        assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b"out\n"[..], &b"err\n"[..]));
    }

    #[test]
    fn asks_first() {
        let output = shell("trap 'echo asked; exit 7' INT; while :; do sleep 0.05; done", Duration::from_millis(900));
        assert_eq!((output.status, output.ended, output.stdout.as_slice()), (7, Ended::TimedOut, &b"asked\n"[..]));
    }

    #[test]
    fn kills_the_deaf_and_their_children() {
        let output = shell("trap '' INT; sleep 600 & sleep 600; sleep 600", Duration::from_millis(600));
        assert_eq!((output.status, output.ended), (137, Ended::Killed));
    }

    #[test]
    fn a_child_left_behind_does_not_hold_the_pipes() {
        let output = shell("sleep 600 & echo done", Duration::from_secs(60));
        assert_eq!((output.status, output.stdout.as_slice()), (0, &b"done\n"[..]));
    }

    #[test]
    fn hands_interrupts_on() {
        let interrupts = Interrupts::default();
        let raiser = interrupts.clone();
        let command = shell_command("trap 'exit 9' INT; while :; do sleep 0.05; done");
        let thread = thread::spawn(move || {
            thread::sleep(Duration::from_millis(200));
            raiser.raise();
        });
        let output = run(command, &Deadline::within(Duration::from_secs(60)), &interrupts).unwrap();
        thread.join().unwrap();
        assert_eq!((output.status, output.ended), (9, Ended::Interrupted));
    }

    #[test]
    fn short_deadlines_keep_their_order() {
        for total in [1, 30, 59, 61, 300] {
            let deadline = Deadline::within(Duration::from_secs(total));
            assert!(deadline.ask < deadline.kill && deadline.kill < deadline.end, "{total}");
        }
        let five_minutes = Deadline::within(Duration::from_secs(300));
        assert_eq!(five_minutes.end - five_minutes.ask, ASK_BEFORE);
        assert_eq!(five_minutes.end - five_minutes.kill, KILL_BEFORE);
    }
}
