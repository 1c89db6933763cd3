//! The systemd units that scan each environment on its schedule: from a configuration to the names and texts of files.
//! One template of a service and one of a timer; what differs from environment to environment stands in drop-ins. Pure:
//! who writes the files, and where, is not known here.
//!
//! Directives: [systemd.exec](https://www.freedesktop.org/software/systemd/man/systemd.exec.html),
//! [systemd.timer](https://www.freedesktop.org/software/systemd/man/systemd.timer.html); all of them are known to
//! systemd 252.

mod advice;
mod calendar;
#[cfg(test)]
mod tests;

use std::fmt::Write;
use std::time::Duration;

pub use advice::warnings;

use super::credentials;
use crate::config::{Drift, Environment, Notify};

/// The first line of every file, by which sprag knows its own.
pub const MARK: &str =
    "# Written by `sprag drift install`, which overwrites it: settings of your own belong in a drop-in.";

/// The service that is started for each environment.
const SERVICE: &str = "sprag-drift@.service";
/// Its timer.
const TIMER: &str = "sprag-drift@.timer";
/// The service that delivers what nobody has received yet, without its ending.
const NOTIFY: &str = "sprag-drift-notify";

/// Longer than the deadline of a scan, so that sprag ends terraform, tells of it and is not killed meanwhile.
const GRACE: Duration = Duration::from_secs(120);

/// What a unit may do: next to nothing. `systemd-analyze security` rates it 1.4 (0 is best, 10 worst). Refused system
/// calls fail instead of killing, since Go programs such as terraform try some that they can do without.
const HARDENING: &str = "\
UMask=0077
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
CapabilityBoundingSet=
";

/// What the units say of the machine they are for.
#[derive(Clone, Debug)]
pub struct Site<'a> {
    /// The absolute path of sprag.
    pub binary: &'a str,
    /// The absolute path of the configuration.
    pub config: &'a str,
    /// The absolute paths of checkouts that a scan brings up to date, by the name of the environment.
    pub updated: Vec<(&'a str, String)>,
}

impl Site<'_> {
    /// A path of the configuration, which is relative to its directory or absolute.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        let directory = self.config.rsplit_once('/').map_or("", |(directory, _)| directory);
        if path.starts_with('/') { path.to_owned() } else { format!("{directory}/{path}") }
    }
}

/// A file below the directory of units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitFile {
    /// Its name, for a drop-in with the name of its directory before.
    pub name: String,
    /// Its text; the first line is [`MARK`].
    pub text: String,
}

impl UnitFile {
    fn new(name: impl Into<String>, text: &str) -> Self {
        Self { name: name.into(), text: format!("{MARK}\n{text}") }
    }
}

/// All files for `drift`: templates, drop-ins of each environment, the pair that redelivers notifications.
#[must_use]
pub fn render(drift: &Drift, site: &Site<'_>) -> Vec<UnitFile> {
    let notify = drift.notify.as_ref().map(|notify| &notify.value);
    let mut files = vec![UnitFile::new(SERVICE, &scan_service(drift, site)), UnitFile::new(TIMER, SCAN_TIMER)];
    for environment in &drift.environments {
        let name = &environment.name.0;
        let schedule = format!(
            "[Timer]\n# The template's own is reset first.\nOnCalendar=\nOnCalendar={}\n",
            environment.schedule.0
        );
        files.push(UnitFile::new(format!("sprag-drift@{name}.timer.d/schedule.conf"), &schedule));
        let scan = scan_drop_in(environment, notify, site);
        files.push(UnitFile::new(format!("sprag-drift@{name}.service.d/scan.conf"), &scan));
    }
    if delivers(drift) {
        files.push(UnitFile::new(format!("{NOTIFY}.service"), &notify_service(drift, site)));
        files.push(UnitFile::new(format!("{NOTIFY}.timer"), NOTIFY_TIMER));
    }
    files
}

/// The timers to enable, in the order of the configuration.
#[must_use]
pub fn timers(drift: &Drift) -> Vec<String> {
    let scans = drift.environments.iter().map(|environment| format!("sprag-drift@{}.timer", environment.name.0));
    scans.chain(delivers(drift).then(|| format!("{NOTIFY}.timer"))).collect()
}

/// What a file or directory of this name in the directory of units would belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// To all environments.
    Everyone,
    /// To the environment of this name.
    Environment(String),
}

/// The owner of an entry that is named as sprag names its own: a unit, or a directory of drop-ins.
#[must_use]
pub fn owner(entry: &str) -> Option<Owner> {
    if [SERVICE, TIMER].contains(&entry) || entry == format!("{NOTIFY}.service") || entry == format!("{NOTIFY}.timer") {
        return Some(Owner::Everyone);
    }
    let instance = entry.strip_prefix("sprag-drift@")?;
    let name = instance.strip_suffix(".timer.d").or_else(|| instance.strip_suffix(".service.d"))?;
    (!name.is_empty()).then(|| Owner::Environment(name.to_owned()))
}

fn delivers(drift: &Drift) -> bool {
    matches!(drift.notify.as_ref().map(|notify| &notify.value), Some(Notify::Alertmanager(_)))
}

const SCAN_TIMER: &str = "\
[Unit]
Description=Schedule of the drift scan of %i

[Timer]
OnCalendar=daily
# A scan that was missed while the machine was off is made up for.
Persistent=true
# Environments that share a schedule do not start together; each keeps its own delay.
RandomizedDelaySec=15min
FixedRandomDelay=true
AccuracySec=1min

[Install]
WantedBy=timers.target
";

const NOTIFY_TIMER: &str = "\
[Unit]
Description=Redelivery of drift notifications

[Timer]
OnCalendar=*:0/15
RandomizedDelaySec=1min
AccuracySec=1min

[Install]
WantedBy=timers.target
";

fn scan_service(drift: &Drift, site: &Site<'_>) -> String {
    let mut text = unit("Drift scan of %i");
    let start = command(site, &["drift", "scan", "%i", "--config"]);
    // sprag passes the signal on to terraform, which gives back the lock of the state; what is left after 60 s is killed.
    let _ = write!(
        text,
        "{start}# 2: the scan worked and found drift.\nSuccessExitStatus=2\nKillMode=mixed\nKillSignal=SIGINT\n\
         TimeoutStopSec=60\nCacheDirectory=sprag\nCacheDirectoryMode=0700\nRuntimeDirectory=sprag-drift-%i\n\
         RuntimeDirectoryMode=0700\n"
    );
    text.push_str(&metrics_line(drift, site));
    text.push_str(HARDENING);
    text
}

fn notify_service(drift: &Drift, site: &Site<'_>) -> String {
    let mut text = unit("Redelivery of drift notifications");
    text.push_str(&command(site, &["drift", "notify", "--config"]));
    text.push_str("TimeoutStartSec=120\n");
    let notify = drift.notify.as_ref().map(|notify| &notify.value);
    text.push_str(&credential_lines(&credentials::of_notify(notify)));
    text.push_str(&metrics_line(drift, site));
    text.push_str(HARDENING);
    text
}

/// What both services begin with.
fn unit(description: &str) -> String {
    format!(
        "[Unit]\nDescription={description}\nWants=network-online.target\nAfter=network-online.target\n\n[Service]\n\
         Type=oneshot\nUser=sprag\nStateDirectory=sprag\nStateDirectoryMode=0700\n"
    )
}

/// The line that starts sprag; the path of the configuration is the last argument.
fn command(site: &Site<'_>, words: &[&str]) -> String {
    // `$` is special in commands only.
    let path = |path: &str| quoted(path).replace('$', "$$");
    format!("ExecStart={} {} {}\n", path(site.binary), words.join(" "), path(site.config))
}

fn metrics_line(drift: &Drift, site: &Site<'_>) -> String {
    drift.metrics.directory.as_ref().map_or_else(String::new, |directory| writable(&site.absolute(directory)))
}

/// Makes `path` writable; where it does not exist the unit starts all the same, and sprag says what is missing.
fn writable(path: &str) -> String {
    format!("ReadWritePaths={}\n", quoted(&format!("-{path}")))
}

fn scan_drop_in(environment: &Environment, notify: Option<&Notify>, site: &Site<'_>) -> String {
    let timeout = environment.timeout.value.saturating_add(GRACE);
    let seconds = timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0);
    let mut text = format!("[Service]\nTimeoutStartSec={seconds}\n");
    text.push_str(&credential_lines(&credentials::of_scan(environment, notify)));
    for (_, checkout) in site.updated.iter().filter(|(name, _)| *name == environment.name.0) {
        text.push_str(&writable(checkout));
    }
    text
}

fn credential_lines(paths: &[&str]) -> String {
    let mut text = String::new();
    for (path, name) in paths.iter().filter_map(|path| Some((path, credentials::name(path)?))) {
        let _ = writeln!(text, "LoadCredential={name}:{path}");
    }
    text
}

/// A word as systemd reads it back: `%` begins a specifier, and what a word cannot hold as it is stands in quotes.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=./,:@%+$~".contains(c);
    let specifiers = word.replace('%', "%%");
    if !word.is_empty() && word.chars().all(is_plain) {
        return specifiers;
    }
    let mut out = String::from("\"");
    for letter in specifiers.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            control if control.is_ascii_control() => {
                let _ = write!(out, "\\x{:02x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
