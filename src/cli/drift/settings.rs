//! The configuration that `sprag drift` works from: which file it is, and what it says of drift.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::cli::files::read_limited;
use crate::cli::{init, terminal};
use crate::config::{Config, Drift, Environment, FILE_NAME};
use crate::diagnostic::{FileId, Severity};
use crate::discover;
use crate::drift::history::{Location, MACHINE_PATH, Origin, locate};
use crate::lints::LINTS;
use crate::source::LineIndex;
use crate::suggest;

/// Where the configuration of a machine that only scans is.
const OF_THE_MACHINE: &str = "/etc/sprag/sprag.hcl";

/// A configuration without mistakes.
pub(super) struct Settings {
    /// Its file, absolute.
    pub(super) path: PathBuf,
    /// The directory that paths in it are relative to.
    pub(super) directory: PathBuf,
    /// What it says of drift.
    pub(super) drift: Drift,
}

impl Settings {
    /// Reads `named`, or else the nearest configuration, or else that of the machine. Warnings go to standard error.
    pub(super) fn load(named: Option<&Path>) -> Result<Self, String> {
        let path = named.map_or_else(find, |path| Ok(path.to_path_buf()))?;
        let shown = path.display();
        let text = read_limited(&path).map_err(|message| format!("{shown}: {message}"))?;
        let ids: Vec<&str> = LINTS.iter().map(|lint| lint.id).collect();
        let (config, mistakes) = Config::parse(&text, FileId(0), &ids);
        let index = LineIndex::new(&text);
        for mistake in &mistakes {
            let line = index.position(&text, mistake.location.span.start).line;
            let help = mistake.help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
            terminal::complain(&format!("{shown}:{line}: {}: {}{help}", mistake.severity, mistake.message));
        }
        if mistakes.iter().any(|mistake| mistake.severity == Severity::Error) {
            return Err(format!("{shown} has mistakes; nothing is done"));
        }
        let path = path.canonicalize().map_err(|error| format!("{shown}: {error}"))?;
        Ok(Self { directory: discover::directory_of(&path), path, drift: config.drift })
    }

    /// As [`load`](Self::load) for a scan: where no environment is configured, the complaint says what could be written.
    pub(super) fn load_for_scan(named: Option<&Path>) -> Result<Self, String> {
        if named.is_none()
            && let Err(complaint) = find()
        {
            return Err(format!("{complaint}{}", suggestion(Path::new("."), FILE_NAME)));
        }
        let settings = Self::load(named)?;
        if settings.drift.environments.is_empty() {
            let shown = settings.path.display();
            let suggestion = suggestion(&settings.directory, &shown.to_string());
            return Err(format!("{shown} has no `environment` in its `drift` block{suggestion}"));
        }
        Ok(settings)
    }

    /// As [`load`](Self::load), but without any configuration nothing is configured.
    pub(super) fn load_if_any(named: Option<&Path>) -> Result<Self, String> {
        if named.is_some() || find().is_ok() {
            return Self::load(named);
        }
        let here = std::env::current_dir().map_err(|error| format!("the working directory: {error}"))?;
        Ok(Self { path: here.clone(), directory: here, drift: Config::default().drift })
    }

    /// Where the history lies that is asked and noted in.
    pub(super) fn location(&self) -> Result<Location, String> {
        self.locate(is_usable(Path::new(MACHINE_PATH)))
    }

    /// Where the history lies that scans are written to. What a scan leaves beside it must belong to the user of the
    /// units, so theirs is used by that user only; anybody else hears which one is used instead.
    pub(super) fn location_of_scans(&self) -> Result<Location, String> {
        let machine = Path::new(MACHINE_PATH);
        let is_own = machine.metadata().is_ok_and(|file| file.uid() == rustix::process::geteuid().as_raw());
        let location = self.locate(is_own && is_usable(machine))?;
        if location.origin == Origin::User && machine.exists() {
            terminal::complain(&format!(
                "this scan is kept in {}, not in the history of this machine's units; `systemctl start \
                 sprag-drift@ENV` scans as they do",
                location.path.display()
            ));
        }
        Ok(location)
    }

    fn locate(&self, has_machine: bool) -> Result<Location, String> {
        let configured = self.drift.history.path.as_ref().map(|path| self.directory.join(&path.value));
        let machine = has_machine.then(|| Path::new(MACHINE_PATH));
        locate(configured.as_deref(), machine, |name| std::env::var_os(name))
            .ok_or_else(|| "no place for the history: set `history { path = \"…\" }`, or `HOME`".to_owned())
    }

    /// The configured environment of this name.
    pub(super) fn environment(&self, name: &str) -> Result<&Environment, String> {
        let all = &self.drift.environments;
        if all.is_empty() {
            let shown = self.path.display();
            return Err(format!("{shown} has no `environment` in its `drift` block; docs/drift.md says what to write"));
        }
        let names = || all.iter().map(|environment| environment.name.value.0.as_str());
        all.iter().find(|environment| environment.name.value.0 == name).ok_or_else(|| {
            let hint = suggest::closest(name, names()).map_or_else(
                || format!("there are {}", suggest::quote_all(names())),
                |close| format!("did you mean `{close}`?"),
            );
            format!("there is no environment `{name}`; {hint}")
        })
    }
}

/// What to write for the root modules below `directory`, as the end of a complaint.
fn suggestion(directory: &Path, file: &str) -> String {
    match init::suggest_environments(directory) {
        Some(block) => format!("; for the root modules that are here, write into {file}:\n\n{block}"),
        None => "; docs/drift.md says what to write, for no root module was found here".to_owned(),
    }
}

/// Whether a database is there that may be read and written.
fn is_usable(path: &Path) -> bool {
    File::options().read(true).write(true).open(path).is_ok()
}

fn find() -> Result<PathBuf, String> {
    let here = std::env::current_dir().map_err(|error| format!("the working directory: {error}"))?;
    let machine = PathBuf::from(OF_THE_MACHINE);
    let found = discover::nearest_config(&here).or_else(|| machine.is_file().then_some(machine));
    found.ok_or_else(|| {
        format!(
            "no configuration: there is no .sprag.hcl here or above, and no {OF_THE_MACHINE}; name one with --config"
        )
    })
}
