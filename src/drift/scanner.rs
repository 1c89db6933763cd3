//! One scan of one environment, from the lock to the verdict. What it starts it ends, what it writes it removes; only
//! the result remains.

use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::change::{Ignores, find_changes};
use super::checkout::Git;
use super::classify::{Classified, Evidence, Retry, classify};
use super::credentials;
use super::lines::{Messages, group};
use super::lock::{EnvironmentLock, LockError};
use super::mask::Masker;
use super::plan::Plan;
use super::plan_file::state_serial;
use super::process::{Deadline, Ended, Interrupts, Output};
use super::reach::Reacher;
use super::scan::{Checkout, ErrorKind, Failure, Finding, Phase, Scan, Verdict};
use super::terraform::{PlanOptions, Step, Terraform, child_environment};
use super::verdict::judge;
use crate::config::{Date, Environment};
use crate::remote::Obstacle;
use crate::retry::SystemClock;

/// The exit status of `plan -detailed-exitcode` when something would change.
const WOULD_CHANGE: i32 = 2;

/// The pause before a step is tried again; it doubles.
const PAUSE: Duration = Duration::from_secs(2);

/// Where a scan keeps what it needs.
#[derive(Clone, Debug)]
pub struct Directories {
    /// Locks, and terraform's data directories: they outlive a scan.
    pub state: PathBuf,
    /// Plan files: removed on every way out.
    pub runtime: PathBuf,
}

/// Everything a scan of one environment needs to know.
pub struct Scanner<'a> {
    /// The environment.
    pub environment: &'a Environment,
    /// The directory that paths of the configuration are relative to.
    pub base: &'a Path,
    /// Where files go.
    pub directories: &'a Directories,
    /// The variables of sprag's own environment.
    pub variables: Vec<(OsString, OsString)>,
    /// Today, for ignore rules that end.
    pub today: Date,
    /// When the scan begins, in milliseconds since 1970-01-01T00:00:00Z.
    pub started_ms: i64,
    /// Requests to stop.
    pub interrupts: &'a Interrupts,
}

/// How a scan came to its end.
#[derive(Debug)]
pub enum Outcome {
    /// With a result.
    Scanned(Box<Scan>),
    /// It was asked to stop and left nothing.
    Interrupted,
    /// Another scan of the environment runs, and has the say; why, in a sentence.
    Busy(String),
}

/// Why a step does not go on.
enum Stop {
    Failed(Box<Failure>),
    Interrupted,
    Busy(String),
}

type Stepped<T> = Result<T, Stop>;

fn failed(kind: ErrorKind, phase: Phase, message: impl Into<String>, remedy: Option<&str>) -> Stop {
    Stop::Failed(Box::new(Failure { kind, phase, message: message.into(), remedy: remedy.map(str::to_owned) }))
}

/// Removes the plan file, which holds secrets in clear, however the scan ends.
struct PlanFile(PathBuf);

impl Drop for PlanFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl Scanner<'_> {
    /// Scans. Whatever goes wrong is part of the result.
    #[must_use]
    pub fn scan(&self) -> Outcome {
        let clock = Instant::now();
        let deadline = Deadline::within(*self.environment.timeout);
        let mut scan = self.empty();
        match self.steps(&deadline, &mut scan) {
            Ok(()) => {}
            Err(Stop::Interrupted) => return Outcome::Interrupted,
            Err(Stop::Busy(reason)) => return Outcome::Busy(reason),
            Err(Stop::Failed(failure)) => {
                scan.verdict = Verdict::Error;
                scan.failure = Some(*failure);
            }
        }
        scan.duration_ms = u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
        Outcome::Scanned(Box::new(scan))
    }

    /// The commands that a scan would run, for `--dry-run`.
    #[must_use]
    pub fn shown(&self) -> Vec<String> {
        let directory = self.directory();
        let workspace = self.environment.workspace.as_ref().map(|name| name.value.as_str());
        let own = child_environment(std::iter::empty(), &[], &self.data_directory(), workspace).unwrap_or_default();
        let terraform = Terraform::new(&self.environment.binary, &directory, own);
        let update = self.environment.update.is_some().then(|| Git::shown(&directory)).into_iter().flatten();
        let file = self.plan_path();
        let options = PlanOptions { file: &file, var_files: &self.var_files(), lock_timeout: self.lock_timeout() };
        let backend_config = self.backend_config();
        let init = self.needs_init().then_some(Step::Init { backend_config: &backend_config });
        let steps = [Step::Plan(&options), Step::Show { file: &file }];
        let steps = std::iter::once(Step::Version).chain(init).chain(steps);
        update.chain(steps.map(|step| terraform.shown(&step))).collect()
    }

    fn empty(&self) -> Scan {
        Scan {
            environment: self.environment.name.value.0.clone(),
            started_ms: self.started_ms,
            duration_ms: 0,
            verdict: Verdict::Error,
            is_suspect: false,
            changes: Vec::new(),
            benign: 0,
            outputs: Vec::new(),
            findings: Vec::new(),
            failure: None,
            checkout: Checkout::default(),
            tool: None,
            serial: None,
        }
    }

    fn steps(&self, deadline: &Deadline, scan: &mut Scan) -> Stepped<()> {
        let directory = self.directory();
        if !directory.is_dir() {
            let message = format!("there is no directory `{}`", directory.display());
            let remedy = "set `directory` of the environment to the root module";
            return Err(failed(ErrorKind::Config, Phase::Prepare, message, Some(remedy)));
        }
        self.prepare_directories()?;
        let _lock = self.lock()?;
        self.look_at_checkout(&directory, deadline, scan)?;
        self.reach(deadline)?;
        let (terraform, masker) = self.terraform(&directory)?;
        self.tool(&terraform, deadline, scan)?;
        if self.needs_init() {
            self.init(&terraform, &masker, deadline)?;
        }
        let file = PlanFile(self.plan_path());
        self.plan(&terraform, &masker, &file, deadline, scan)?;
        self.compare(&terraform, masker, &file, deadline, scan)
    }

    // ---- paths ----

    fn directory(&self) -> PathBuf {
        self.base.join(&self.environment.directory.value)
    }

    fn data_directory(&self) -> PathBuf {
        self.directories.state.join("data").join(self.environment.name.value.0.clone())
    }

    /// Notes for which backend terraform was initialised, as a hash: settings of a backend may be secret.
    fn backend_note(&self) -> PathBuf {
        self.data_directory().join("sprag-backend")
    }

    /// What terraform was told about the backend from outside of the module. It remembers the values and would go on
    /// with old ones.
    fn backend_hash(&self) -> String {
        let mut hash = Sha256::new();
        for text in self.backend_config() {
            let content = fs::read(&text).unwrap_or_default();
            for part in [text.as_bytes(), &content] {
                hash.update(part.len().to_le_bytes());
                hash.update(part);
            }
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn needs_init(&self) -> bool {
        fs::read_to_string(self.backend_note()).ok().is_none_or(|noted| noted != self.backend_hash())
    }

    fn plan_path(&self) -> PathBuf {
        self.directories.runtime.join(format!("{}.plan", self.environment.name.value.0))
    }

    fn var_files(&self) -> Vec<PathBuf> {
        let directory = self.directory();
        self.environment.var_files.iter().map(|file| directory.join(self.credential(&file.value))).collect()
    }

    fn backend_config(&self) -> Vec<String> {
        let directory = self.directory();
        let value = |text: &str| {
            let is_pair = text.contains('=');
            if is_pair { text.to_owned() } else { directory.join(self.credential(text)).to_string_lossy().into_owned() }
        };
        self.environment.backend_config.iter().map(|text| value(&text.value)).collect()
    }

    /// A file that systemd handed to the unit is read there.
    fn credential(&self, path: &str) -> PathBuf {
        let loaded = self.variables.iter().find(|(name, _)| name == "CREDENTIALS_DIRECTORY");
        credentials::resolve(path, loaded.map(|(_, directory)| Path::new(directory)), Path::exists)
    }

    fn lock_timeout(&self) -> Option<Duration> {
        self.environment.lock.value.then_some(self.environment.lock_timeout.value)
    }

    fn prepare_directories(&self) -> Stepped<()> {
        for path in
            [&self.directories.state.join("locks"), &self.directories.state.join("data"), &self.directories.runtime]
        {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
            made.map_err(|error| {
                let message = format!("`{}` cannot be made: {error}", path.display());
                failed(
                    ErrorKind::Config,
                    Phase::Prepare,
                    message,
                    Some("run `sprag drift` as a user who may write there"),
                )
            })?;
        }
        Ok(())
    }

    fn lock(&self) -> Stepped<EnvironmentLock> {
        let since = jiff::Timestamp::from_second(self.started_ms / 1000).map(|time| time.to_string());
        let holder = format!("process {}, since {}", std::process::id(), since.unwrap_or_default());
        let name = self.environment.name.value.0.clone();
        EnvironmentLock::acquire(&self.directories.state.join("locks"), &name, &holder).map_err(|error| match error {
            LockError::Held(holder) => Stop::Busy(format!(
                "another scan of `{name}` runs ({holder}): wait for it, it ends at its own deadline"
            )),
            LockError::Io(error) => {
                let message = format!("the lock of `{name}` cannot be used: {error}");
                failed(ErrorKind::Config, Phase::Prepare, message, None)
            }
        })
    }

    // ---- steps ----

    fn look_at_checkout(&self, directory: &Path, deadline: &Deadline, scan: &mut Scan) -> Stepped<()> {
        let git = Git::new(directory, deadline, self.interrupts);
        if self.environment.update.is_some()
            && let Err(reason) = git.fast_forward()
        {
            scan.findings.push(warning(reason));
        }
        scan.checkout = git.state();
        self.go_on()
    }

    /// What the plan will need must answer, so that an unreachable node is told from an unreachable state store.
    fn reach(&self, deadline: &Deadline) -> Stepped<()> {
        if self.environment.reach.is_empty() {
            return Ok(());
        }
        let ca = self.environment.ca.as_ref().map(|path| self.base.join(self.credential(&path.value)));
        let remedy = if ca.is_some() { "see `ca` of the environment" } else { "install the system's certificates" };
        let reacher = Reacher::new(ca.as_deref())
            .map_err(|message| failed(ErrorKind::Config, Phase::Reach, message, Some(remedy)))?;
        for target in &self.environment.reach {
            self.go_on()?;
            reacher.check(&target.value, &SystemClock, deadline.ask()).map_err(|unreachable| {
                let obstacle = unreachable.obstacle;
                failed(kind_of(obstacle), Phase::Reach, unreachable.to_string(), Some(obstacle.remedy()))
            })?;
        }
        self.go_on()
    }

    /// terraform with its environment, and a masker that knows the secrets in it.
    fn terraform(&self, directory: &Path) -> Stepped<(Terraform, Masker)> {
        let mut added = Vec::new();
        for file in &self.environment.env_files {
            let path = directory.join(self.credential(&file.value));
            let text = fs::read_to_string(&path).map_err(|error| {
                let message = format!("`{}` cannot be read: {error}", path.display());
                failed(ErrorKind::Config, Phase::Prepare, message, Some("see `env_files` of the environment"))
            })?;
            added.extend(assignments(&text));
        }
        let own = self.variables.iter().cloned();
        let workspace = self.environment.workspace.as_ref().map(|name| name.value.as_str());
        let environment = child_environment(own, &added, &self.data_directory(), workspace).map_err(|name| {
            let message = format!("`{name}` in an environment file could change what terraform does");
            failed(ErrorKind::Config, Phase::Prepare, message, Some("remove it from the file"))
        })?;
        let is_secret = |name: &str| {
            ["SECRET", "TOKEN", "PASS", "KEY", "CREDENTIAL"].iter().any(|part| name.to_uppercase().contains(part))
        };
        let named = environment.iter().filter(|(name, _)| name.to_str().is_some_and(is_secret));
        let masker = Masker::new(named.filter_map(|(_, value)| value.to_str()));
        Ok((Terraform::new(&self.environment.binary, directory, environment), masker))
    }

    fn tool(&self, terraform: &Terraform, deadline: &Deadline, scan: &mut Scan) -> Stepped<()> {
        let output = self.run(terraform, &Step::Version, Phase::Prepare, deadline)?;
        let version: Option<serde_json::Value> = serde_json::from_slice(&output.stdout).ok();
        let number = version.as_ref().and_then(|version| version["terraform_version"].as_str());
        scan.tool = number.map(|number| format!("{} {number}", self.environment.binary.value));
        Ok(())
    }

    fn init(&self, terraform: &Terraform, masker: &Masker, deadline: &Deadline) -> Stepped<()> {
        let backend_config = self.backend_config();
        let step = Step::Init { backend_config: &backend_config };
        // What terraform remembers of an earlier backend would make it ask whether the state is to be moved. In this
        // directory it is the backend's settings; the state itself lies elsewhere.
        let _ = fs::remove_file(self.data_directory().join("terraform.tfstate"));
        let result = self.persist(Phase::Init, deadline, || {
            let output = self.run(terraform, &step, Phase::Init, deadline)?;
            if output.status == 0 && output.ended == Ended::Exited {
                return Ok(Ok(()));
            }
            // `init` without -json speaks to people: its complaint is the whole of standard error.
            let texts: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
            self.judge_failure(&output, Phase::Init, &[], &texts, masker).map(Err)
        });
        if result.is_err() {
            // Half an installation would look like a whole one to the next scan.
            let _ = fs::remove_dir_all(self.data_directory());
        } else {
            // Without the note the next scan initialises again, which costs time only.
            let _ = fs::create_dir_all(self.data_directory())
                .and_then(|()| fs::write(self.backend_note(), self.backend_hash()));
        }
        result
    }

    fn plan(
        &self,
        terraform: &Terraform,
        masker: &Masker,
        file: &PlanFile,
        deadline: &Deadline,
        scan: &mut Scan,
    ) -> Stepped<()> {
        let options = PlanOptions { file: &file.0, var_files: &self.var_files(), lock_timeout: self.lock_timeout() };
        let mut was_initialised = false;
        let mut last = Vec::new();
        let mut attempt = || {
            let output = self.run(terraform, &Step::Plan(&options), Phase::Plan, deadline)?;
            let text = String::from_utf8_lossy(&output.stdout);
            let messages = Messages::parse(&text).map_err(|version| {
                let remedy = "use a version of sprag that knows it";
                failed(ErrorKind::Unknown, Phase::Plan, version.to_string(), Some(remedy))
            })?;
            last = group(&messages.diagnostics, masker);
            if matches!(output.status, 0 | WOULD_CHANGE) && output.ended == Ended::Exited {
                return Ok(Ok(()));
            }
            let classified =
                self.judge_failure(&output, Phase::Plan, &messages.diagnostics, &messages.texts, masker)?;
            if classified.retry == Retry::AfterInit && !was_initialised {
                was_initialised = true;
                self.init(terraform, masker, deadline)?;
                return Ok(Err(Classified { retry: Retry::Once, ..classified }));
            }
            Ok(Err(classified))
        };
        let result = self.persist(Phase::Plan, deadline, &mut attempt);
        scan.serial = state_serial(&file.0);
        let result = match result {
            Err(Stop::Failed(failure)) => {
                let masker = self.secrets_of_failed_plan(terraform, masker, file, deadline);
                last = group(&last, &masker);
                Err(Stop::Failed(Box::new(failure.masked(&masker))))
            }
            other => other,
        };
        scan.findings.extend(last);
        result
    }

    /// A provider may put a secret into what it complains of. Terraform leaves a plan file of a plan that failed too,
    /// and the values of sensitive variables are in it.
    fn secrets_of_failed_plan(
        &self,
        terraform: &Terraform,
        masker: &Masker,
        file: &PlanFile,
        deadline: &Deadline,
    ) -> Masker {
        let known = masker.clone();
        if !file.0.exists() || deadline.has_passed() {
            return known;
        }
        let Ok(output) = self.run(terraform, &Step::Show { file: &file.0 }, Phase::Show, deadline) else {
            return known;
        };
        match std::str::from_utf8(&output.stdout).ok().and_then(|text| Plan::parse(text).ok()) {
            Some(plan) => known.with_plan(&plan),
            None => known,
        }
    }

    fn compare(
        &self,
        terraform: &Terraform,
        masker: Masker,
        file: &PlanFile,
        deadline: &Deadline,
        scan: &mut Scan,
    ) -> Stepped<()> {
        let output = self.run(terraform, &Step::Show { file: &file.0 }, Phase::Show, deadline)?;
        if output.status != 0 || output.ended != Ended::Exited {
            let classified = self.judge_failure(&output, Phase::Show, &[], &[], &masker)?;
            return Err(Stop::Failed(Box::new(classified.failure)));
        }
        let unreadable =
            |error: &dyn std::fmt::Display| failed(ErrorKind::Unknown, Phase::Show, error.to_string(), None);
        let text = std::str::from_utf8(&output.stdout).map_err(|error| unreadable(&error))?;
        let plan = Plan::parse(text).map_err(|error| unreadable(&error))?;
        if plan.errored {
            return Err(failed(ErrorKind::Unknown, Phase::Show, "the plan is not complete", None));
        }
        let masker = masker.with_plan(&plan);
        let ignores = Ignores { rules: &self.environment.ignore, today: self.today };
        let changes = find_changes(&plan, &masker, ignores).map_err(|error| unreadable(&error))?;
        scan.verdict = judge(&changes.rows, &scan.checkout);
        scan.changes = changes.rows;
        scan.benign = changes.benign;
        scan.outputs = changes.outputs;
        scan.is_suspect = changes.is_suspect;
        scan.findings.extend(changes.findings);
        Ok(())
    }

    // ---- running ----

    fn go_on(&self) -> Stepped<()> {
        if self.interrupts.count() > 0 { Err(Stop::Interrupted) } else { Ok(()) }
    }

    fn run(&self, terraform: &Terraform, step: &Step<'_>, phase: Phase, deadline: &Deadline) -> Stepped<Output> {
        self.go_on()?;
        let output = terraform.run(step, deadline, self.interrupts).map_err(|error| {
            let binary = &self.environment.binary.value;
            let message = format!("`{binary}` cannot be started: {error}");
            failed(ErrorKind::Config, phase, message, Some("install it, or set `binary` of the environment"))
        })?;
        if output.ended == Ended::Interrupted { Err(Stop::Interrupted) } else { Ok(output) }
    }

    fn judge_failure(
        &self,
        output: &Output,
        phase: Phase,
        diagnostics: &[Finding],
        texts: &[String],
        masker: &Masker,
    ) -> Stepped<Classified> {
        self.go_on()?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        let timed_out = matches!(output.ended, Ended::TimedOut | Ended::Killed);
        let evidence = Evidence { phase, diagnostics, texts, stderr: &stderr, status: Some(output.status), timed_out };
        Ok(classify(evidence, masker))
    }

    /// Tries a step again as often as its failure allows, never past the deadline.
    fn persist(
        &self,
        phase: Phase,
        deadline: &Deadline,
        mut attempt: impl FnMut() -> Stepped<Result<(), Classified>>,
    ) -> Stepped<()> {
        let (mut tried, mut pause) = (0, PAUSE);
        loop {
            let classified = match attempt()? {
                Ok(()) => return Ok(()),
                Err(classified) => classified,
            };
            tried += 1;
            let allowed = match classified.retry {
                Retry::No | Retry::AfterInit => 0,
                Retry::Once => 1,
                Retry::Twice => 2,
            };
            if tried > allowed || Instant::now() + pause >= deadline.ask() {
                let mut failure = classified.failure;
                if tried > 1 {
                    failure.message = format!("{} ({tried} tries)", failure.message);
                }
                failure.phase = phase;
                return Err(Stop::Failed(Box::new(failure)));
            }
            self.wait(pause)?;
            pause *= 2;
        }
    }

    fn wait(&self, pause: Duration) -> Stepped<()> {
        let end = Instant::now() + pause;
        while Instant::now() < end {
            self.go_on()?;
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

fn warning(summary: String) -> Finding {
    Finding { severity: "warning".to_owned(), summary, detail: String::new(), address: None, place: None, count: 1 }
}

/// The `NAME=value` lines of an environment file, as systemd reads them: comments begin with `#` or `;`, a value may
/// stand in quotes.
fn assignments(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';']));
    lines
        .filter_map(|line| line.strip_prefix("export ").unwrap_or(line).split_once('='))
        .map(|(name, value)| (name.trim().to_owned(), unquoted(value.trim()).to_owned()))
        .collect()
}

fn unquoted(value: &str) -> &str {
    let inner = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

/// The kind of error that a scan ends with when something stands in its way.
const fn kind_of(obstacle: Obstacle) -> ErrorKind {
    match obstacle {
        Obstacle::Login => ErrorKind::Auth,
        _ => ErrorKind::Connectivity,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environment_files_are_read_as_systemd_does() {
        let text = "# secret\nAWS_ACCESS_KEY_ID=abc\nexport X='a b'\n; no\nY=\"c\"\nnonsense\n";
        let found = assignments(text);
        let expected = [("AWS_ACCESS_KEY_ID", "abc"), ("X", "a b"), ("Y", "c")];
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
