//! The configuration that `sprag drift` works from: which file it is, and what it says of drift.

use std::path::{Path, PathBuf};

use crate::cli::files::read_limited;
use crate::cli::terminal;
use crate::config::{Config, Drift};
use crate::diagnostic::{FileId, Severity};
use crate::discover;
use crate::drift::history::{Location, locate};
use crate::lints::LINTS;
use crate::source::LineIndex;

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

    /// As [`load`](Self::load), but without any configuration nothing is configured.
    pub(super) fn load_if_any(named: Option<&Path>) -> Result<Self, String> {
        if named.is_some() || find().is_ok() {
            return Self::load(named);
        }
        let here = std::env::current_dir().map_err(|error| format!("the working directory: {error}"))?;
        Ok(Self { path: here.clone(), directory: here, drift: Config::default().drift })
    }

    /// Where the history lies.
    pub(super) fn location(&self) -> Result<Location, String> {
        let configured = self.drift.history.path.as_ref().map(|path| self.directory.join(&path.value));
        locate(configured.as_deref(), |name| std::env::var_os(name))
            .ok_or_else(|| "no place for the history: set `history { path = \"…\" }`, or `HOME`".to_owned())
    }
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
