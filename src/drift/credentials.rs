//! Secrets that systemd hands to a unit. A file directly in [`DIRECTORY`] belongs to root alone; the unit names it in
//! `LoadCredential=`, and the scan, which runs as another user, reads systemd's copy of it. The configuration names the
//! original in both cases. Pure: reads no file and no environment.

use std::path::{Path, PathBuf};

use crate::config::{Credentials, Environment, Notify};

/// Where the secrets of the scans lie; readable by root alone.
pub const DIRECTORY: &str = "/etc/sprag/credentials";

/// The name that the file at `path` has as a credential: its file name, where the file lies directly in [`DIRECTORY`] and
/// the name needs no quoting in a unit.
#[must_use]
pub fn name(path: &str) -> Option<&str> {
    let name = path.strip_prefix(DIRECTORY)?.strip_prefix('/')?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    (!name.is_empty() && !matches!(name, "." | "..") && name.chars().all(is_plain)).then_some(name)
}

/// Where to read the file that the configuration calls `path`: in `loaded`, the value of `$CREDENTIALS_DIRECTORY`, when
/// it is a credential there, otherwise where it says. `is_loaded` tells whether a file is there.
#[must_use]
pub fn resolve(path: &str, loaded: Option<&Path>, is_loaded: impl Fn(&Path) -> bool) -> PathBuf {
    let copy = loaded.zip(name(path)).map(|(directory, name)| directory.join(name));
    copy.filter(|copy| is_loaded(copy)).unwrap_or_else(|| PathBuf::from(path))
}

/// The credentials that a scan of `environment` reads, and those for its notification; sorted, each once.
#[must_use]
pub fn of_scan<'a>(environment: &'a Environment, notify: Option<&'a Notify>) -> Vec<&'a str> {
    let files = [&environment.var_files, &environment.backend_config, &environment.env_files];
    let own = files.into_iter().flatten().chain(&environment.ca).map(|file| file.value.as_str());
    known(own.chain(of_notify(notify)))
}

/// The credentials that a notification reads; sorted, each once.
#[must_use]
pub fn of_notify(notify: Option<&Notify>) -> Vec<&str> {
    let Some(Notify::Alertmanager(alertmanager)) = notify else { return Vec::new() };
    let secret = alertmanager.credentials.as_ref().map(|credentials| match credentials {
        Credentials::Basic(file) | Credentials::Bearer(file) => file,
    });
    known([alertmanager.ca.as_ref(), secret].into_iter().flatten().map(|file| file.value.as_str()))
}

fn known<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut paths: Vec<&str> = paths.filter(|path| name(path).is_some()).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_files_of_the_directory_are_credentials() {
        assert_eq!(name("/etc/sprag/credentials/prod.tfvars"), Some("prod.tfvars"));
        for path in [
            "prod.tfvars",
            "/etc/sprag/prod.tfvars",
            "/etc/sprag/credentials",
            "/etc/sprag/credentials/",
            "/etc/sprag/credentials/..",
            "/etc/sprag/credentials/a/b",
            "/etc/sprag/credentials/a b",
            "/etc/sprag/credentials-old/a",
            "key=/etc/sprag/credentials/a",
        ] {
            assert_eq!(name(path), None, "{path}");
        }
    }

    #[test]
    fn the_loaded_copy_is_read_where_there_is_one() {
        let (path, loaded) = ("/etc/sprag/credentials/prod.tfvars", Some(Path::new("/run/credentials/u")));
        assert_eq!(resolve(path, loaded, |_| true), Path::new("/run/credentials/u/prod.tfvars"));
        assert_eq!(resolve(path, loaded, |_| false), Path::new(path));
        assert_eq!(resolve(path, None, |_| true), Path::new(path));
        assert_eq!(resolve("prod.tfvars", loaded, |_| true), Path::new("prod.tfvars"));
    }
}
