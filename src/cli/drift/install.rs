//! `sprag drift install`: writes the systemd units of `drift::units`, or checks them. Runs no systemctl: what is to be
//! run next is printed.

mod survey;

use std::ffi::OsStr;
use std::fmt::Write;
use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::{Command, Stdio};

use self::survey::{State, Survey};
use super::settings::Settings;
use crate::cli::args::DriftInstallArgs;
use crate::cli::terminal;
use crate::config::{Drift, Notify, Update};
use crate::discover;
use crate::drift::units::{self, Site, UnitFile};
use crate::drift::{credentials, replace_file};

pub(super) fn run(args: &DriftInstallArgs) -> Result<(), String> {
    let settings = Settings::load(args.config.as_deref())?;
    let drift = &settings.drift;
    let config = utf8(&settings.path)?;
    if drift.environments.is_empty() {
        let example = "drift { environment \"prod\" { directory = \"environments/prod\" } }";
        return Err(format!("{config}: no environment to scan; write one, as in `{example}`"));
    }
    check_schedules(drift, config)?;
    let binary = std::env::current_exe().map_err(|error| format!("the path of sprag itself: {error}"))?;
    let mut site = Site { binary: utf8(&binary)?, config, updated: Vec::new() };
    site.updated = updated_checkouts(drift, &site)?;
    warn(drift, &site);
    let files = units::render(drift, &site);
    let survey = Survey::take(&args.dir, &files, drift).map_err(|(path, error)| explain(&path, &error))?;
    for path in &survey.kept {
        let path = path.display();
        terminal::complain(&format!("warning: {path} is of an environment that is gone, but not sprag's: it is kept"));
    }
    if args.check { check(&survey, &files, args) } else { install(&survey, &files, drift, args) }
}

fn utf8(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("{}: the path is not UTF-8, so no unit can name it", path.display()))
}

/// The checkouts that a scan may write to: those that it brings up to date.
fn updated_checkouts<'a>(drift: &'a Drift, site: &Site<'_>) -> Result<Vec<(&'a str, String)>, String> {
    let is_updated = |update: Option<Update>| matches!(update, Some(Update::FastForwardOnly));
    let updated =
        drift.environments.iter().filter(|environment| is_updated(environment.update.as_ref().map(|u| u.value)));
    let checkout = |directory: &str| {
        let path = Path::new(directory);
        let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        utf8(&discover::repository_root(&real).unwrap_or(real)).map(str::to_owned)
    };
    updated
        .map(|environment| Ok((environment.name.0.as_str(), checkout(&site.absolute(&environment.directory))?)))
        .collect()
}

/// Asks systemd, where it is installed, whether it understands the schedules: a timer with a wrong one never fires.
fn check_schedules(drift: &Drift, config: &str) -> Result<(), String> {
    for environment in &drift.environments {
        let schedule = &environment.schedule.0;
        let mut command = Command::new("systemd-analyze");
        command.args(["calendar", "--", schedule]).stdin(Stdio::null()).stdout(Stdio::null());
        let Ok(output) = command.output() else { return Ok(()) };
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr);
            let (name, reason) = (&environment.name.0, reason.lines().next().unwrap_or("no reason given"));
            return Err(format!(
                "{config}: environment `{name}`: systemd does not understand the schedule `{schedule}` ({reason}); \
                 `systemd-analyze calendar` helps to find the right one"
            ));
        }
    }
    Ok(())
}

/// Says on standard error what will probably not work.
fn warn(drift: &Drift, site: &Site<'_>) {
    let notify = drift.notify.as_ref().map(|notify| &notify.value);
    let mut warnings = units::warnings(drift, site);
    let scans = drift.environments.iter().flat_map(|environment| credentials::of_scan(environment, notify));
    let mut secrets: Vec<&str> = scans.collect();
    secrets.sort_unstable();
    secrets.dedup();
    for path in secrets.into_iter().filter(|path| Path::new(path).try_exists().is_ok_and(|exists| !exists)) {
        warnings.push(format!("`{path}` does not exist, and systemd does not start a service without its credentials"));
    }
    for warning in warnings {
        terminal::complain(&format!("warning: {warning}"));
    }
}

fn check(survey: &Survey, files: &[UnitFile], args: &DriftInstallArgs) -> Result<(), String> {
    let mut text = String::new();
    for (file, state) in files.iter().zip(&survey.states) {
        let word = match state {
            State::Same => continue,
            State::Missing => "missing",
            State::Differs => "differs",
            State::Foreign => "not sprag's",
        };
        let _ = writeln!(text, "{word}: {}", args.dir.join(&file.name).display());
    }
    for path in &survey.stale {
        let _ = writeln!(text, "left over: {}", path.display());
    }
    let wrong = text.lines().count();
    if wrong == 0 {
        return print(&format!("all {} files in {} are as the configuration says\n", files.len(), args.dir.display()));
    }
    print(&text)?;
    Err(format!("{wrong} of the units are not as the configuration says; `sprag drift install` writes them"))
}

fn install(survey: &Survey, files: &[UnitFile], drift: &Drift, args: &DriftInstallArgs) -> Result<(), String> {
    if let Some((file, _)) = files.iter().zip(&survey.states).find(|(_, state)| **state == State::Foreign) {
        let path = args.dir.join(&file.name);
        return Err(format!(
            "{}: sprag did not write this file; move it away first. Nothing is changed",
            path.display()
        ));
    }
    let mut text = String::new();
    let changed = change(survey, files, args, &mut text);
    if changed.is_ok() {
        let same = survey.states.iter().filter(|state| **state == State::Same).count();
        if same > 0 {
            let _ = writeln!(text, "unchanged: {same} of {} files", files.len());
        }
        text.push_str(&next_steps(drift, survey));
    }
    print(&text)?;
    changed
}

/// Writes and removes what has to be; `text` tells what was done, also when it then failed.
fn change(survey: &Survey, files: &[UnitFile], args: &DriftInstallArgs, text: &mut String) -> Result<(), String> {
    for (file, _) in files.iter().zip(&survey.states).filter(|(_, state)| **state != State::Same) {
        let path = args.dir.join(&file.name);
        write(&path, &file.text).map_err(|error| explain(&path, &error))?;
        let _ = writeln!(text, "wrote {}", path.display());
    }
    for path in &survey.stale {
        remove(path).map_err(|error| explain(path, &error))?;
        let _ = writeln!(text, "removed {}", path.display());
    }
    Ok(())
}

/// Writes a unit, making the directory of a drop-in where there is none. The directory of units itself must exist.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(drop_ins) = path.parent().filter(|parent| parent.extension() == Some(OsStr::new("d"))) {
        match DirBuilder::new().mode(0o755).create(drop_ins) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    replace_file(path, text)
}

/// Removes a file of sprag's, and the directory of drop-ins that it leaves empty.
fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    if let Some(drop_ins) = path.parent().filter(|parent| parent.extension() == Some(OsStr::new("d"))) {
        // Not empty: somebody else's drop-ins stay.
        let _ = fs::remove_dir(drop_ins);
    }
    Ok(())
}

/// What to do about an error of the file system.
fn explain(path: &Path, error: &io::Error) -> String {
    let path = path.display();
    match error.kind() {
        ErrorKind::PermissionDenied => {
            format!("{path}: permission denied; run it as root, or write elsewhere with `--dir DIR`")
        }
        ErrorKind::NotFound => format!("{path}: no such directory; name the directory of units with `--dir DIR`"),
        _ => format!("{path}: {error}"),
    }
}

/// The commands that make use of the units, to be run as root.
fn next_steps(drift: &Drift, survey: &Survey) -> String {
    let mut text = String::from("\nNext, as root:\n");
    text.push_str(
        "  id sprag >/dev/null 2>&1 || useradd --system --user-group --home-dir /var/lib/sprag --no-create-home \
         --shell /usr/sbin/nologin sprag\n",
    );
    for unit in &survey.gone {
        let _ = writeln!(text, "  systemctl disable --now {unit}");
    }
    text.push_str("  systemctl daemon-reload\n");
    let _ = writeln!(text, "  systemctl enable --now {}", units::timers(drift).join(" "));
    if let Some(directory) = &drift.metrics.directory {
        let _ = writeln!(text, "The user sprag must be able to write to {}, where the metrics go.", directory.value);
    }
    if let Some(Notify::Alertmanager(_)) = drift.notify.as_ref().map(|notify| &notify.value) {
        text.push_str("The notify timer delivers again what Alertmanager could not take.\n");
    }
    text
}

fn print(text: &str) -> Result<(), String> {
    terminal::write_stdout(text.as_bytes()).map_err(|error| format!("standard output: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_what_to_do() {
        let told = |kind: ErrorKind| explain(Path::new("/u/a.timer"), &io::Error::from(kind));
        assert_eq!(
            told(ErrorKind::PermissionDenied),
            "/u/a.timer: permission denied; run it as root, or write elsewhere with `--dir DIR`"
        );
        assert_eq!(
            told(ErrorKind::NotFound),
            "/u/a.timer: no such directory; name the directory of units with `--dir DIR`"
        );
    }
}
