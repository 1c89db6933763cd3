//! Where the history lies.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The name of the database in a state directory.
const FILE_NAME: &str = "history.db";

/// The history of the units on this machine: `StateDirectory=sprag` of their services.
pub const MACHINE_PATH: &str = "/var/lib/sprag/history.db";

/// Who said where the history lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The setting `history.path`.
    Config,
    /// systemd, by `$STATE_DIRECTORY`.
    Unit,
    /// Nobody: that of the units on this machine.
    Machine,
    /// Nobody: the user's state directory of the
    /// [XDG base directories](https://specifications.freedesktop.org/basedir-spec/latest/).
    User,
}

impl Origin {
    /// Who said so, in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "`history.path`",
            Self::Unit => "the unit's state directory",
            Self::Machine => "that of this machine's units",
            Self::User => "your own state directory",
        }
    }
}

/// Where the history lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The database.
    pub path: PathBuf,
    /// Who said so.
    pub origin: Origin,
}

/// Where the history lies: where `configured` says, else in `$STATE_DIRECTORY` (the first one, where systemd names
/// several), else at `machine`, else in `$XDG_STATE_HOME/sprag` or `~/.local/state/sprag`. Nothing where not even a home
/// directory is known.
///
/// `machine` is the history of this machine's units if there is one that may be used, and `variable` looks up an
/// environment variable. Paths in variables count only when absolute, as the XDG specification demands.
#[must_use]
pub fn locate(
    configured: Option<&Path>,
    machine: Option<&Path>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Option<Location> {
    if let Some(path) = configured {
        return Some(Location { path: path.to_path_buf(), origin: Origin::Config });
    }
    let directory = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let unit = variable("STATE_DIRECTORY").and_then(|list| std::env::split_paths(&list).next());
    if let Some(unit) = unit.filter(|path| path.is_absolute()) {
        return Some(Location { path: unit.join(FILE_NAME), origin: Origin::Unit });
    }
    if let Some(path) = machine {
        return Some(Location { path: path.to_path_buf(), origin: Origin::Machine });
    }
    let state = directory("XDG_STATE_HOME").or_else(|| Some(directory("HOME")?.join(".local/state")))?;
    Some(Location { path: state.join("sprag").join(FILE_NAME), origin: Origin::User })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(configured: Option<&str>, variables: &[(&str, &str)]) -> Option<(String, Origin)> {
        located_with(configured, None, variables)
    }

    fn located_with(
        configured: Option<&str>,
        machine: Option<&str>,
        variables: &[(&str, &str)],
    ) -> Option<(String, Origin)> {
        let variable = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into());
        let location = locate(configured.map(Path::new), machine.map(Path::new), variable)?;
        Some((location.path.display().to_string(), location.origin))
    }

    #[test]
    fn the_configuration_goes_first_then_the_unit_then_the_machine_then_the_user() {
        let all = [("STATE_DIRECTORY", "/var/lib/sprag:/var/lib/b"), ("XDG_STATE_HOME", "/x"), ("HOME", "/home/a")];
        let place = |path: &str, origin| Some((path.to_owned(), origin));
        assert_eq!(located_with(Some("/c.db"), Some("/m.db"), &all), place("/c.db", Origin::Config));
        assert_eq!(located_with(None, Some("/m.db"), &all), place("/var/lib/sprag/history.db", Origin::Unit));
        assert_eq!(located_with(None, Some("/m.db"), &all[1..]), place("/m.db", Origin::Machine));
        assert_eq!(located(None, &all[1..]), place("/x/sprag/history.db", Origin::User));
        assert_eq!(located(None, &all[2..]), place("/home/a/.local/state/sprag/history.db", Origin::User));
        assert_eq!(located(None, &[]), None);
    }

    #[test]
    fn relative_and_empty_variables_do_not_count() {
        let variables = [("STATE_DIRECTORY", ""), ("XDG_STATE_HOME", "state"), ("HOME", "/home/a")];
        let place = ("/home/a/.local/state/sprag/history.db".to_owned(), Origin::User);
        assert_eq!(located(None, &variables), Some(place));
    }
}
