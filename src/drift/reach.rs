//! Reach checks: whether what a scan needs answers at all, before terraform is started, so that "the node is down" and
//! "the state store is down" are told apart at once. Each check runs under the retry policy and within a deadline.

use std::fmt;
use std::io::{self, Read};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::config::{Reach, Scheme, Url};
use crate::remote::{Client, HttpError, Obstacle};
use crate::retry::{Attempt, Clock, GaveUp, Policy, Task};

/// How long one attempt may take unless the policy says.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(10);

/// How ssh says that there was no connection or no login.
const SSH_FAILED: i32 = 255;

/// How often it is looked whether ssh has ended.
const POLL: Duration = Duration::from_millis(20);

/// How much is kept of what ssh writes to standard error, in bytes.
const MAX_STDERR: u64 = 64 * 1024;

/// Why a target of a scan is out of reach. As text a sentence; [`Obstacle::remedy`] says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreachable {
    /// The address as configured.
    pub target: String,
    /// How often it was tried; 0 when no time was left.
    pub attempts: u32,
    /// What stood in the way of the last attempt.
    pub obstacle: Obstacle,
    /// The words of the system, the TLS library or ssh; may be empty.
    pub detail: String,
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, attempts, obstacle, detail } = self;
        match attempts {
            0 => return write!(f, "`{target}` was not tried: no time was left"),
            1 => write!(f, "`{target}` cannot be reached (1 attempt): {}", obstacle.describe())?,
            _ => write!(f, "`{target}` cannot be reached ({attempts} attempts): {}", obstacle.describe())?,
        }
        if detail.is_empty() { Ok(()) } else { write!(f, ": {detail}") }
    }
}

impl std::error::Error for Unreachable {}

/// Checks targets, all in the same way.
#[derive(Clone, Debug)]
pub struct Reacher {
    policy: Policy,
    client: Client,
    ssh: PathBuf,
}

impl Reacher {
    /// 3 attempts of at most 10 s, pauses of 1 s and 2 s. `ca` is a PEM file of the authorities that `https` targets are
    /// verified with; without it those that the system trusts.
    ///
    /// # Errors
    /// When `ca` cannot be read or holds no certificate.
    pub fn new(ca: Option<&Path>) -> Result<Self, String> {
        let policy = Policy { timeout: Some(ATTEMPT_LIMIT), ..Policy::default() };
        Ok(Self { policy, client: Client::new(ca)?, ssh: PathBuf::from("ssh") })
    }

    /// With another policy.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// With another program than the `ssh` on the PATH.
    #[must_use]
    pub fn ssh(mut self, program: PathBuf) -> Self {
        self.ssh = program;
        self
    }

    /// Checks one target; neither an attempt nor a pause outlasts `deadline`.
    ///
    /// # Errors
    /// When it could not be reached.
    pub fn check(&self, target: &Reach, clock: &impl Clock, deadline: Instant) -> Result<(), Unreachable> {
        let Reach(url) = target;
        let mut check = Check { reacher: self, url };
        self.policy.run(&mut check, clock, Some(deadline)).map_err(|GaveUp { attempts, last, .. }| {
            let Failure { obstacle, detail, .. } = last.unwrap_or_else(|| Failure::new(Obstacle::Timeout, ""));
            Unreachable { target: url.text.clone(), attempts, obstacle, detail }
        })
    }

    fn attempt(&self, url: &Url, limit: Duration) -> Result<(), Failure> {
        match url.scheme {
            Scheme::Tcp => connect(url, limit),
            Scheme::Http | Scheme::Https => {
                let answered = self.client.status(&url.text, limit);
                answered.map(|_| ()).map_err(|HttpError { obstacle, detail }| Failure::new(obstacle, detail))
            }
            Scheme::Ssh => log_in(&self.ssh, url, limit),
        }
    }
}

/// Attempts at one target.
struct Check<'a> {
    reacher: &'a Reacher,
    url: &'a Url,
}

struct Failure {
    obstacle: Obstacle,
    detail: String,
    is_transient: bool,
}

impl Failure {
    fn new(obstacle: Obstacle, detail: impl Into<String>) -> Self {
        Self { obstacle, detail: detail.into(), is_transient: obstacle.is_transient() }
    }

    fn of_io(error: &io::Error) -> Self {
        Self::new(Obstacle::of_io(error), error.to_string())
    }
}

impl Task for Check<'_> {
    type Output = ();
    type Error = Failure;

    fn attempt(&mut self, attempt: Attempt) -> Result<(), Failure> {
        self.reacher.attempt(self.url, attempt.timeout.unwrap_or(ATTEMPT_LIMIT))
    }

    fn is_transient(&self, failure: &Failure) -> bool {
        failure.is_transient
    }
}

/// Opens a TCP connection to the first address that takes it.
fn connect(url: &Url, limit: Duration) -> Result<(), Failure> {
    let end = Instant::now() + limit;
    let mut last = Failure::new(Obstacle::Name, "");
    for address in resolve(&url.host, url.port, limit)? {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Failure::new(Obstacle::Timeout, ""));
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(_) => return Ok(()),
            Err(error) => last = Failure::of_io(&error),
        }
    }
    Err(last)
}

/// The addresses of a host. The system's resolver cannot be given a limit; a thread waits for it.
fn resolve(host: &str, port: u16, limit: Duration) -> Result<Vec<SocketAddr>, Failure> {
    let (sender, receiver) = mpsc::channel();
    let name = host.to_owned();
    let resolver = thread::Builder::new().name("resolver".to_owned()).spawn(move || {
        let found = (name.as_str(), port).to_socket_addrs().map(Iterator::collect);
        let _ = sender.send(found);
    });
    resolver.map_err(|error| Failure::of_io(&error))?;
    let found = receiver.recv_timeout(limit).map_err(|_| Failure::new(Obstacle::Timeout, "resolving the name"))?;
    found.map_err(|error| Failure::new(Obstacle::Name, error.to_string()))
}

/// Runs `true` on a host. Any status but 255 comes from the host, so it was reached.
fn log_in(program: &Path, url: &Url, limit: Duration) -> Result<(), Failure> {
    let mut command = ssh_command(program, url, limit);
    let mut child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure {
            is_transient: false,
            ..Failure::new(Obstacle::Other, format!("there is no `{}`", program.display()))
        },
        _ => Failure::of_io(&error),
    })?;
    let (sender, receiver) = mpsc::channel();
    if let Some(stderr) = child.stderr.take() {
        thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.take(MAX_STDERR).read_to_end(&mut text);
            let _ = sender.send(String::from_utf8_lossy(&text).into_owned());
        });
    }
    match wait(&mut child, limit) {
        Ok(Some(SSH_FAILED)) => {}
        Ok(Some(_)) => return Ok(()),
        Ok(None) => return Err(Failure::new(Obstacle::Timeout, "")),
        Err(error) => return Err(Failure::of_io(&error)),
    }
    // A process that ssh left behind may hold the pipe open.
    let text = receiver.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
    let last = text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    Err(Failure::new(Obstacle::of_ssh(&text), last))
}

fn ssh_command(program: &Path, url: &Url, limit: Duration) -> Command {
    let mut command = Command::new(program);
    command.args(["-o", "BatchMode=yes", "-o"]).arg(format!("ConnectTimeout={}", limit.as_secs().max(1)));
    // A connection that somebody else holds open proves nothing.
    command.args(["-o", "ControlPath=none"]);
    // Without a port in the URL ssh's own configuration may name one.
    if url.text.split('/').nth(2).is_some_and(|place| place.ends_with(&format!(":{}", url.port))) {
        command.arg("-p").arg(url.port.to_string());
    }
    if let Some(user) = &url.user {
        command.arg("-l").arg(user);
    }
    command.args(["--", &url.host, "true"]);
    command.env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// The exit status of a child, that of a failure where a signal ended it; none when it had to be killed.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<i32>> {
    let end = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.code().unwrap_or(SSH_FAILED)));
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(left.min(POLL));
    }
}
