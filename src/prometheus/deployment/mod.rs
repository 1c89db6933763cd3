//! Which exporters the files of a repository deploy, in which version and with which flags: what images, units, scripts
//! and packages say, each with its place. Reads no file; knows nothing of rules.

mod lines;
mod read;
mod textfiles;

pub use read::Names;
pub use textfiles::{Textfiles, WrittenDirectory};

use super::catalogue::{Collector, Exporter};
use crate::diagnostic::Location;

/// Who built what is deployed: defaults differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Build {
    /// The project itself.
    Upstream,
    /// Debian, or a distribution that takes its packages from there.
    Debian,
    /// Nobody says.
    #[default]
    Unknown,
}

/// An argument of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its name without dashes.
    pub name: String,
    /// Its value; nothing for a switch. It may have holes (`${...}`), see [`Flag::is_known`].
    pub value: Option<String>,
    /// Where it stands.
    pub location: Location,
}

impl Flag {
    /// Whether the value is written out.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.value.as_ref().is_none_or(|value| !value.contains('$') && !value.contains("{{") && !value.contains("%{"))
    }
}

/// A place that says that an exporter is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The exporter, as its catalogue is named.
    pub exporter: String,
    /// The image, the command or the package.
    pub location: Location,
    /// The version, where it is written out.
    pub version: Option<(String, Location)>,
    /// Who built it.
    pub build: Build,
    /// Whether it is started here, with these flags. Otherwise it is installed, and something else starts it.
    pub is_start: bool,
    /// How it is started.
    pub flags: Vec<Flag>,
    /// Directories of a container and where they lie on the host, as (host, container).
    pub mounts: Vec<(String, String)>,
    /// Whether there may be further flags that cannot be seen: variables, files elsewhere.
    pub has_open_flags: bool,
}

/// Whether a collector runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Running {
    /// Somewhere it does.
    On,
    /// It does not, in what is deployed here.
    Off(Location),
    /// The repository does not say.
    Unknown,
}

/// A directory that node-exporter reads metrics from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextfileDirectory {
    /// Its path on the host.
    pub path: String,
    /// What says so: the flag, or what is deployed with a default.
    pub location: Location,
    /// Whether it is the default of the package, which no flag names.
    pub is_default: bool,
}

/// The directories that node-exporter reads metrics from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextfileDirectories {
    /// Those that are known, in order of places.
    pub read: Vec<TextfileDirectory>,
    /// Whether there may be others. Where nothing deploys node-exporter there may be.
    pub may_be_more: bool,
}

/// Everything that is deployed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deployment {
    /// The places that say so, in order.
    pub sightings: Vec<Sighting>,
    /// Who writes text files for node-exporter.
    pub textfiles: Textfiles,
}

/// The exporter that reads text files.
const NODE_EXPORTER: &str = "node-exporter";

/// The flag that says where they are.
const TEXTFILE_FLAG: &str = "collector.textfile.directory";

/// Where Debian's package reads them.
const DEBIAN_TEXTFILES: &str = "/var/lib/prometheus/node-exporter";

impl Deployment {
    /// A deployment of what was seen.
    #[must_use]
    pub fn new(mut sightings: Vec<Sighting>) -> Self {
        sightings.sort_by_key(|sighting| sighting.location);
        sightings.dedup();
        Self { sightings, textfiles: Textfiles::default() }
    }

    /// The places that deploy an exporter.
    pub fn of<'a>(&'a self, exporter: &'a str) -> impl Iterator<Item = &'a Sighting> {
        self.sightings.iter().filter(move |sighting| sighting.exporter == exporter)
    }

    /// The places that say how an exporter runs: where it is started, and where nothing starts it, where it is installed.
    fn starts<'a>(&'a self, exporter: &'a str) -> impl Iterator<Item = &'a Sighting> {
        let is_started = self.of(exporter).any(|sighting| sighting.is_start);
        self.of(exporter).filter(move |sighting| sighting.is_start || !is_started)
    }

    /// Whether anything deploys an exporter.
    #[must_use]
    pub fn has(&self, exporter: &str) -> bool {
        self.of(exporter).next().is_some()
    }

    /// The versions of an exporter that are deployed, with their places. Empty where no place gives one.
    #[must_use]
    pub fn versions<'a>(&'a self, exporter: &'a str) -> Vec<(&'a str, Location)> {
        let versions = self.of(exporter).filter_map(|sighting| sighting.version.as_ref());
        versions.map(|(version, location)| (version.as_str(), *location)).collect()
    }

    /// Whether a collector of an exporter runs anywhere.
    #[must_use]
    pub fn collector(&self, exporter: &Exporter, collector: &Collector) -> Running {
        let mut off = None;
        for sighting in self.starts(&exporter.name) {
            match sighting.runs(collector) {
                Running::Off(location) => off = off.or(Some(location)),
                other => return other,
            }
        }
        off.map_or(Running::Unknown, Running::Off)
    }

    /// The directories that node-exporter reads metrics from.
    #[must_use]
    pub fn textfile_directories(&self) -> TextfileDirectories {
        let mut all = TextfileDirectories { read: Vec::new(), may_be_more: !self.has(NODE_EXPORTER) };
        for sighting in self.starts(NODE_EXPORTER) {
            let flags = || sighting.flags.iter().filter(|flag| flag.name == TEXTFILE_FLAG);
            for flag in flags() {
                match flag.value.as_ref().filter(|value| flag.is_known() && !value.is_empty()) {
                    Some(path) => all.read.push(TextfileDirectory {
                        path: sighting.on_host(path),
                        location: flag.location,
                        is_default: false,
                    }),
                    None => all.may_be_more |= !flag.is_known(),
                }
            }
            all.may_be_more |= sighting.has_open_flags;
            if flags().next().is_none() && !sighting.has_open_flags {
                match sighting.build {
                    Build::Debian => all.read.push(TextfileDirectory {
                        path: DEBIAN_TEXTFILES.to_owned(),
                        location: sighting.location,
                        is_default: true,
                    }),
                    Build::Upstream => {}
                    Build::Unknown => all.may_be_more = true,
                }
            }
        }
        all
    }
}

impl Sighting {
    /// Whether a collector runs here.
    fn runs(&self, collector: &Collector) -> Running {
        let name = collector.switch.trim_start_matches('-');
        let opposite = format!("no-{name}");
        let flag = self.flags.iter().rfind(|flag| flag.name == name || flag.name == opposite);
        if let Some(flag) = flag {
            let is_on = (flag.name == name) == (flag.value.as_deref() != Some("false"));
            return if is_on { Running::On } else { Running::Off(flag.location) };
        }
        if self.has_open_flags {
            return Running::Unknown;
        }
        if let Some(flag) = self.flags.iter().find(|flag| flag.name == "collector.disable-defaults") {
            return Running::Off(flag.location);
        }
        let is_on = match self.build {
            Build::Upstream => collector.upstream,
            Build::Debian => collector.debian,
            Build::Unknown if collector.upstream == collector.debian => collector.upstream,
            Build::Unknown => return Running::Unknown,
        };
        if is_on { Running::On } else { Running::Off(self.location) }
    }

    /// Where a directory of the container lies on the host.
    fn on_host(&self, path: &str) -> String {
        let mounted = self.mounts.iter().filter_map(|(host, inside)| {
            let rest = path.strip_prefix(inside.trim_end_matches('/'))?;
            (rest.is_empty() || rest.starts_with('/'))
                .then(|| (inside.len(), format!("{}{rest}", host.trim_end_matches('/'))))
        });
        mounted.max_by_key(|(length, _)| *length).map_or_else(|| path.to_owned(), |(_, host)| host)
    }
}

#[cfg(test)]
mod tests;
