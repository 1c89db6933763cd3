//! `drift`: which environments are compared with reality, when, and who is told.

mod exception;
mod read;

use std::time::Duration;

pub use exception::{GuestIgnore, IgnoreRule};
pub(super) use read::read_drift;

use super::located::Located;
use super::text::{Compatibility, Name, Schedule, Update};
use super::url::{Reach, Url};

/// The block `drift`.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// What is scanned.
    pub environments: Vec<Environment>,
    /// Who is told.
    pub notify: Option<Located<Notify>>,
    /// What is kept of past scans.
    pub history: History,
    /// Metrics for node-exporter's textfile collector.
    pub metrics: Metrics,
    /// Where the static report is written.
    pub report_directory: Option<Located<String>>,
    /// Where hand-made guests are looked for.
    pub inventory: Option<Inventory>,
}

/// A block `environment`.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    /// Its name, in metrics, alerts and unit names.
    pub name: Located<Name>,
    /// The root module, relative to the directory of the configuration, or absolute.
    pub directory: Located<String>,
    /// When its timer fires.
    pub schedule: Located<Schedule>,
    /// How often it is meant to be scanned; `--due` and the overdue metric go by it.
    pub interval: Located<Duration>,
    /// How long a scan may take.
    pub timeout: Located<Duration>,
    /// What must answer before terraform is started.
    pub reach: Vec<Located<Reach>>,
    /// A file of certificates to trust in `https` checks, relative to the directory of the configuration.
    pub ca: Option<Located<String>>,
    /// Variable files in order, relative to `directory`.
    pub var_files: Vec<Located<String>>,
    /// Arguments of `-backend-config`: files relative to `directory`, or `key=value`.
    pub backend_config: Vec<Located<String>>,
    /// Files of `NAME=value` lines for terraform's environment.
    pub env_files: Vec<Located<String>>,
    /// The terraform or tofu to run.
    pub binary: Located<String>,
    /// The workspace, where it is not the default one.
    pub workspace: Option<Located<String>>,
    /// Whether a scan takes the state lock.
    pub lock: Located<bool>,
    /// How long a scan waits for it.
    pub lock_timeout: Located<Duration>,
    /// How the checkout is brought up to date before a scan.
    pub update: Option<Located<Update>>,
    /// Differences that raise no alarm.
    pub ignore: Vec<IgnoreRule>,
}

/// A block `notify`.
#[derive(Clone, Debug, PartialEq)]
pub enum Notify {
    /// Alerts are posted to Alertmanager's API, version 2.
    Alertmanager(Box<Alertmanager>),
    /// Prometheus rules over the metrics do it.
    Metrics,
}

/// The settings of `notify "alertmanager"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Alertmanager {
    /// Its address.
    pub url: Located<Url>,
    /// A file of certificates to trust.
    pub ca: Option<Located<String>>,
    /// How sprag identifies itself.
    pub credentials: Option<Credentials>,
}

/// Where the secret is that identifies sprag to Alertmanager.
#[derive(Clone, Debug, PartialEq)]
pub enum Credentials {
    /// A file that holds `user:password`.
    Basic(Located<String>),
    /// A file that holds a bearer token.
    Bearer(Located<String>),
}

/// The block `history`.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// How long scans are kept; 30 days at least.
    pub keep: Located<Duration>,
    /// The database; the unit's state directory or XDG's when unset.
    pub path: Option<Located<String>>,
}

/// The block `metrics`.
#[derive(Clone, Debug, PartialEq)]
pub struct Metrics {
    /// The directory that node-exporter reads.
    pub directory: Option<Located<String>>,
    /// Further metric names to write, those of the shell script that came before.
    pub compatibility: Option<Located<Compatibility>>,
}

/// The block `inventory "proxmox"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Inventory {
    /// The address of the API.
    pub endpoint: Located<Url>,
    /// A file that holds `user@realm!name=secret`.
    pub token_file: Located<String>,
    /// A file of certificates to trust.
    pub ca: Option<Located<String>>,
    /// Guests that nobody has to declare.
    pub ignore: Vec<GuestIgnore>,
}
