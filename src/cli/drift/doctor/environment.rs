//! What one environment needs: its module, its files, terraform, what must answer, its checkout, its timer.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use super::super::text::{plural, span};
use super::super::{Settings, notify, now_ms, open_history};
use super::{Check, Checks};
use crate::config::{Environment, Update};
use crate::drift::{Deadline, Ended, Git, Interrupts, Reacher, Step, Terraform, child_environment};
use crate::retry::{Policy, SystemClock};

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// News of the upstream that are older are no news.
const OLD: Duration = Duration::from_secs(7 * 24 * 60 * 60);

pub(super) fn check(environment: &Environment, settings: &Settings) -> Vec<Check> {
    let mut checks = Checks::of(Some(environment.name.value.0.clone()));
    let directory = settings.directory.join(&environment.directory.value);
    if directory.is_dir() {
        module(&directory, &mut checks);
        tool(environment, &directory, settings, &mut checks);
        checkout(environment, &directory, &mut checks);
    } else {
        let remedy = "set `directory` to the root module, and let the user of the scans read it";
        checks.bad("directory", format!("there is no directory {}", directory.display()), remedy);
    }
    files(environment, &directory, settings, &mut checks);
    reach(environment, settings, &mut checks);
    timer(environment, &mut checks);
    latest(environment, settings, &mut checks);
    checks.all
}

fn module(directory: &Path, checks: &mut Checks) {
    let shown = directory.display();
    let is_configuration =
        |name: &str| [".tf", ".tf.json", ".tofu", ".tofu.json"].iter().any(|end| name.ends_with(end));
    let mut entries = std::fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
    if !entries.any(|entry| entry.file_name().to_str().is_some_and(is_configuration)) {
        return checks.bad(
            "directory",
            format!("{shown} holds no configuration"),
            "set `directory` to the root module",
        );
    }
    if directory.join(".terraform.lock.hcl").is_file() {
        checks.good("directory", format!("{shown}, with its dependency lock file"));
    } else {
        let remedy = "run `terraform init` there and commit the file; a scan never writes one";
        checks.bad("directory", format!("{shown} has no .terraform.lock.hcl"), remedy);
    }
}

fn tool(environment: &Environment, directory: &Path, settings: &Settings, checks: &mut Checks) {
    let binary = &environment.binary.value;
    let data = settings.location_of_scans().map(|location| location.path.with_file_name("data")).unwrap_or_default();
    let variables = child_environment(std::env::vars_os(), &[], &data, None).unwrap_or_default();
    let terraform = Terraform::new(binary, directory, variables);
    let output = terraform.run(&Step::Version, &Deadline::within(PATIENCE), &Interrupts::default());
    let remedy = "install it, or set `binary` of the environment";
    match output {
        Err(error) => checks.bad("binary", format!("`{binary}` cannot be started: {error}"), remedy),
        Ok(output) if output.status != 0 || output.ended != Ended::Exited => {
            checks.bad("binary", format!("`{binary} version` fails with status {}", output.status), remedy);
        }
        Ok(output) => {
            let version: Option<serde_json::Value> = serde_json::from_slice(&output.stdout).ok();
            let number = version.as_ref().and_then(|version| version["terraform_version"].as_str()).unwrap_or("?");
            checks.good("binary", format!("{binary} {number}"));
        }
    }
}

fn checkout(environment: &Environment, directory: &Path, checks: &mut Checks) {
    const SUBJECT: &str = "checkout";
    let (deadline, interrupts) = (Deadline::within(PATIENCE), Interrupts::default());
    let git = Git::new(directory, &deadline, &interrupts);
    let state = git.state();
    let Some(commit) = &state.commit else {
        let remedy =
            "without git nobody can tell old code from drift; the checkout must belong to the user of the scans";
        return checks.doubtful(SUBJECT, "not a git repository, or not one that git reads for you", remedy);
    };
    let short = commit.get(..12).unwrap_or(commit);
    if state.is_dirty {
        return checks.doubtful(SUBJECT, format!("{short}, with changes of its own"), "commit or discard them");
    }
    let is_updated = matches!(environment.update.as_ref().map(|update| update.value), Some(Update::FastForwardOnly));
    let age = git.last_fetch().and_then(|fetched| SystemTime::now().duration_since(fetched).ok());
    match (state.behind, age) {
        (Some(behind), _) if behind > 0 => {
            let found = format!("{short}, {} behind its upstream", plural(behind, "commit"));
            checks.doubtful(SUBJECT, found, "`git pull --ff-only`, or `update = \"ff-only\"`");
        }
        (None, _) => {
            checks.doubtful(SUBJECT, format!("{short}, without an upstream"), "`git branch --set-upstream-to`");
        }
        (_, Some(age)) if age > OLD && !is_updated => {
            let found = format!("{short}, the upstream was last asked {} ago", span(age));
            checks.doubtful(SUBJECT, found, "`git fetch`, or `update = \"ff-only\"`");
        }
        _ => checks.good(SUBJECT, format!("{short}, up to date with its upstream as far as it is known")),
    }
}

/// Whether what the configuration names can be read, where a scan reads it.
fn files(environment: &Environment, directory: &Path, settings: &Settings, checks: &mut Checks) {
    let mut named: Vec<(&str, PathBuf)> = Vec::new();
    let backend = environment.backend_config.iter().filter(|value| !value.value.contains('='));
    for (setting, path) in (environment.var_files.iter().map(|path| ("var_files", path)))
        .chain(backend.map(|path| ("backend_config", path)))
        .chain(environment.env_files.iter().map(|path| ("env_files", path)))
    {
        named.push((setting, directory.join(notify::credential(&path.value))));
    }
    named.extend(environment.ca.as_ref().map(|path| ("ca", notify::file(&path.value, settings))));
    let mut read = 0;
    for (setting, path) in named {
        match File::open(&path) {
            Ok(_) => read += 1,
            Err(error) => {
                let found = format!("{} cannot be read: {error}", path.display());
                checks.bad("files", found, &format!("see `{setting}` of the environment"));
            }
        }
    }
    if read > 0 {
        checks.good("files", format!("{} can be read", plural(read, "named file")));
    }
}

fn reach(environment: &Environment, settings: &Settings, checks: &mut Checks) {
    const SUBJECT: &str = "reach";
    if environment.reach.is_empty() {
        let remedy = "name the state store and the nodes in `reach`, so that a scan tells which of them is down";
        return checks.doubtful(SUBJECT, "nothing is checked before a plan", remedy);
    }
    let ca = environment.ca.as_ref().map(|path| notify::file(&path.value, settings));
    let reacher = match Reacher::new(ca.as_deref()) {
        Ok(reacher) => reacher.policy(Policy::once(PATIENCE)),
        Err(reason) => return checks.bad(SUBJECT, reason, "see `ca` of the environment"),
    };
    for target in &environment.reach {
        match reacher.check(&target.value, &SystemClock, Instant::now() + PATIENCE) {
            Ok(()) => checks.good(SUBJECT, format!("{} answers", target.value.0.text)),
            Err(unreachable) => checks.bad(SUBJECT, unreachable.to_string(), unreachable.obstacle.remedy()),
        }
    }
}

/// Whether systemd starts the scans, on a machine that runs it.
fn timer(environment: &Environment, checks: &mut Checks) {
    if !Path::new("/run/systemd/system").is_dir() {
        return;
    }
    let unit = format!("sprag-drift@{}.timer", environment.name.value.0);
    let mut command = Command::new("systemctl");
    command.args(["is-active", "--quiet", &unit]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => checks.good("timer", format!("{unit} is active")),
        _ => {
            let remedy =
                format!("`sprag drift install`, then `systemctl enable --now {unit}`, or `scan --due` by cron");
            checks.doubtful("timer", format!("{unit} is not active"), &remedy);
        }
    }
}

fn latest(environment: &Environment, settings: &Settings, checks: &mut Checks) {
    const SUBJECT: &str = "latest scan";
    let name = &environment.name.value.0;
    // What is wrong with the history itself is said of the machine.
    let Ok(history) = settings.location().and_then(|location| open_history(&location)) else { return };
    let Ok(statuses) = history.map_or(Ok(Vec::new()), |history| history.statuses(now_ms())) else { return };
    let Some(status) = statuses.iter().find(|status| status.environment == *name) else {
        return checks.doubtful(SUBJECT, "never", &format!("`sprag drift scan {name}`"));
    };
    if status.paused_until_ms.is_some() {
        let remedy = format!("`sprag drift pause {name} --end` ends the pause");
        return checks.doubtful(SUBJECT, "scans are paused", &remedy);
    }
    let Some((scan, age)) = status.latest.as_ref().zip(status.age(now_ms())) else { return };
    let found = format!("{} ago: {}", span(age), scan.verdict.as_str());
    match (&scan.failure, status.overdue(now_ms(), environment.interval.value)) {
        (_, Some(_)) => checks.bad(SUBJECT, format!("{found}; the next is overdue"), "see the timer and its journal"),
        (Some((kind, _)), _) => {
            let remedy = format!("`sprag drift log {}` says more", scan.id);
            checks.bad(SUBJECT, format!("{found} ({})", kind.as_str()), &remedy);
        }
        _ => checks.good(SUBJECT, found),
    }
}
