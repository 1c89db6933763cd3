//! Which exporters the files of a repository deploy, in which version and with which flags: what images, units, scripts
//! and packages say, each with its place. Reads no file; knows nothing of rules.

mod container;
mod elsewhere;
mod lines;
mod mounts;
mod read;
mod textfiles;

pub use elsewhere::Elsewhere;
pub use mounts::Mount;
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
        !self.value.as_deref().is_some_and(has_hole)
    }
}

/// Whether a part of `text` is filled in elsewhere: by a shell or a template.
fn has_hole(text: &str) -> bool {
    ["$", "{{", "{%", "%{", "`"].iter().any(|open| text.contains(open))
}

/// How a place deploys an exporter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// It starts a container.
    Container,
    /// It starts the program.
    Program,
    /// It installs the program, and something else starts it.
    Installed,
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
    /// Whether it says a version, and which one is not known: a variable, whatever is the newest.
    pub has_open_version: bool,
    /// Who built it.
    pub build: Build,
    /// How it is deployed.
    pub way: Way,
    /// The flags it is started with.
    pub flags: Vec<Flag>,
    /// What the service or the container is called.
    pub names: Vec<String>,
    /// Directories of a container and where they lie on the host.
    pub mounts: Vec<Mount>,
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
    /// What is said of exporters where it cannot be read as a whole.
    pub elsewhere: Elsewhere,
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
        Self { sightings, ..Self::default() }
    }

    /// The places that deploy an exporter.
    pub fn of<'a>(&'a self, exporter: &'a str) -> impl Iterator<Item = &'a Sighting> {
        self.sightings.iter().filter(move |sighting| sighting.exporter == exporter)
    }

    /// The places that say how an exporter runs: where it is started, and where nothing starts the program, where that is
    /// installed.
    fn starts<'a>(&'a self, exporter: &'a str) -> impl Iterator<Item = &'a Sighting> {
        let is_started = self.of(exporter).any(|sighting| sighting.way == Way::Program);
        self.of(exporter).filter(move |sighting| sighting.way != Way::Installed || !is_started)
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

    /// Whether a version of an exporter may run that no place gives.
    #[must_use]
    pub fn has_open_versions(&self, exporter: &str) -> bool {
        let mut installed = self.of(exporter).filter(|sighting| sighting.way == Way::Installed);
        let is_started = self.of(exporter).any(|sighting| sighting.way == Way::Program);
        self.of(exporter).any(|sighting| sighting.has_open_version)
            || self.elsewhere.sets_up(exporter)
            || is_started && installed.next().is_none()
    }

    /// Whether a collector of an exporter runs anywhere.
    #[must_use]
    pub fn collector(&self, exporter: &Exporter, collector: &Collector) -> Running {
        let mut running = None;
        for sighting in self.starts(&exporter.name) {
            if self.elsewhere.overrides(sighting) {
                running = Some(Running::Unknown);
            }
            match (sighting.runs(collector), &running) {
                (Running::On, _) => return Running::On,
                (Running::Unknown, _) => running = Some(Running::Unknown),
                (off, None) => running = Some(off),
                _ => {}
            }
        }
        let is_open = self.elsewhere.sets_up(&exporter.name) || self.elsewhere.may_switch(&collector.switch);
        running.filter(|_| !is_open).unwrap_or(Running::Unknown)
    }

    /// The directories that node-exporter reads metrics from.
    #[must_use]
    pub fn textfile_directories(&self) -> TextfileDirectories {
        let mut all = TextfileDirectories { read: Vec::new(), may_be_more: !self.has(NODE_EXPORTER) };
        all.may_be_more |= self.elsewhere.sets_up(NODE_EXPORTER);
        for sighting in self.starts(NODE_EXPORTER) {
            let flags = || sighting.flags.iter().filter(|flag| flag.name == TEXTFILE_FLAG);
            for flag in flags() {
                let path = flag.value.as_ref().filter(|value| flag.is_known() && !value.is_empty());
                match path.map(|path| mounts::on_host(&sighting.mounts, path)) {
                    Some(Some(path)) if !self.textfiles.is_linked_away(&path) => {
                        all.read.push(TextfileDirectory { path, location: flag.location, is_default: false });
                    }
                    Some(_) => all.may_be_more = true,
                    None => all.may_be_more |= !flag.is_known(),
                }
            }
            all.may_be_more |= sighting.has_open_flags || self.elsewhere.overrides(sighting);
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
            return match is_on {
                true => Running::On,
                false if self.has_open_flags || !flag.is_known() => Running::Unknown,
                false => Running::Off(flag.location),
            };
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
}

#[cfg(test)]
mod tests;
