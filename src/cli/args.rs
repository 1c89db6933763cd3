//! The command line's words.

#[cfg(unix)]
use std::ffi::OsString;
#[cfg(unix)]
use std::num::NonZeroU32;
use std::path::PathBuf;
#[cfg(unix)]
use std::time::Duration;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::diagnostic::Severity;

/// Keeps infrastructure code from rolling backwards: lints Terraform modules, their tests and Prometheus alert rules.
#[derive(Debug, Parser)]
#[command(name = "sprag", version, max_term_width = 100, disable_help_subcommand = true)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Lint modules, tests and rule files
    Lint(Box<LintArgs>),
    /// Print the page of a lint
    Explain {
        /// A lint such as `alerts/missing-for`
        lint: String,
    },
    /// List all lints
    Lints,
    /// Print the configuration that holds for a path, with the source of every value
    Config(ConfigArgs),
    /// Write a `.sprag.hcl` that fits the repository
    Init(InitArgs),
    /// Write files that a repository lacks
    New {
        #[command(subcommand)]
        command: NewCommand,
    },
    /// Make a catalogue of what an exporter measures, from what it serves under /metrics
    Catalogue(CatalogueArgs),
    /// Print a script that completes commands and options, for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man {
        /// Write a page for each command into this directory instead
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// See what changed in reality behind Terraform's back
    #[cfg(feature = "drift")]
    Drift {
        #[command(subcommand)]
        command: DriftCommand,
    },
    /// Run a command again when it fails, a few times, with growing pauses
    #[cfg(unix)]
    Retry(RetryArgs),
}

#[derive(Debug, Subcommand)]
pub(super) enum NewCommand {
    /// Write the reference alerts for hosts, Proxmox, Prometheus, backups, drift, health and lifecycle, with unit tests
    Alerts(NewAlertsArgs),
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Files that exist are never overwritten: if one is there already, nothing is written.")]
pub(super) struct NewAlertsArgs {
    /// The directory for the rule files; their tests go into `tests` below it
    #[arg(long, value_name = "DIR", default_value = "rules")]
    pub(super) dir: PathBuf,
    /// Who tells of drift: rules on the metrics of `sprag drift scan`, or sprag itself through Alertmanager; then only
    /// the alerts on scans that stay away are written
    #[arg(long, value_enum, default_value_t = Notify::Metrics)]
    pub(super) notify: Notify,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Notify {
    /// `notify "alertmanager"` in `.sprag.hcl`
    Alertmanager,
    /// `notify "metrics"`, or no `notify` at all
    Metrics,
}

#[cfg(feature = "drift")]
#[derive(Debug, Subcommand)]
pub(super) enum DriftCommand {
    /// Compare environments with reality, now
    Scan(DriftScanArgs),
    /// Print how every environment stands, in a line each
    Status(DriftStatusArgs),
    /// Print past scans, or one of them whole
    Log(DriftLogArgs),
    /// Tell Alertmanager what it has not been told, and repeat what is open
    Notify(DriftNotifyArgs),
    /// Scan an environment no more until a time, for maintenance
    Pause(DriftPauseArgs),
    /// Check everything that scans need; each line says what to do
    Doctor(DriftDoctorArgs),
    /// Write the systemd units that scan every environment on its schedule
    Install(DriftInstallArgs),
}

#[cfg(feature = "drift")]
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Exit status, as of `terraform plan -detailed-exitcode`: 0 conforming (also when only pending or \
                        stale), 2 drift, 1 error. With several environments any error gives 1, else any drift 2."
)]
pub(super) struct DriftScanArgs {
    /// The environments; all of the configuration where none is named
    #[arg(value_name = "ENV")]
    pub(super) environments: Vec<String>,
    /// Only environments whose `interval` has passed since their latest scan
    #[arg(long)]
    pub(super) due: bool,
    /// Print the commands that would run, and run nothing (also by SPRAG_DRY_RUN=1)
    #[arg(long)]
    pub(super) dry_run: bool,
    /// How the result is written to standard output
    #[arg(long, value_enum, default_value_t = DriftFormat::Full)]
    pub(super) format: DriftFormat,
    /// Use this configuration instead of the nearest `.sprag.hcl` or `/etc/sprag/sprag.hcl`
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

#[cfg(feature = "drift")]
#[derive(Debug, ClapArgs)]
#[command(after_help = "Exit status: 0 told, or nothing to tell; 1 not told, which the next call tries again.")]
pub(super) struct DriftNotifyArgs {
    /// Use this configuration instead of the nearest `.sprag.hcl` or `/etc/sprag/sprag.hcl`
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

#[cfg(feature = "drift")]
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Exit status: 0 paused, or resumed; 1 neither.\nOpen alerts stay open meanwhile; `sprag drift status` \
                        shows the pause."
)]
pub(super) struct DriftPauseArgs {
    /// The environment
    #[arg(value_name = "ENV")]
    pub(super) environment: String,
    /// When scans go on: a span from now such as `4h`, a local date or time such as `2026-12-24`, `2026-12-24 18:00` or
    /// `18:00`, or RFC 3339
    #[arg(long, value_name = "T", required_unless_present = "end", conflicts_with = "end")]
    pub(super) until: Option<String>,
    /// End the pause now
    #[arg(long)]
    pub(super) end: bool,
    /// Use this configuration instead of the nearest `.sprag.hcl` or `/etc/sprag/sprag.hcl`
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

#[cfg(feature = "drift")]
#[derive(Debug, ClapArgs)]
#[command(after_help = "Exit status: 0 nothing fails (there may be warnings), 1 something does. Nothing is changed.")]
pub(super) struct DriftDoctorArgs {
    /// The environments; all of the configuration where none is named
    #[arg(value_name = "ENV")]
    pub(super) environments: Vec<String>,
    /// Where node-exporter serves its metrics
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:9100/metrics")]
    pub(super) node_exporter: String,
    /// How it is written to standard output
    #[arg(long, value_enum, default_value_t = DriftFormat::Full)]
    pub(super) format: DriftFormat,
    /// Use this configuration instead of the nearest `.sprag.hcl` or `/etc/sprag/sprag.hcl`
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

#[cfg(feature = "drift")]
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Exit status: 0 the units are as the configuration says; 1 they are not (--check), or could not \
                        be written."
)]
pub(super) struct DriftInstallArgs {
    /// Where units are written
    #[arg(long, value_name = "DIR", default_value = "/etc/systemd/system")]
    pub(super) dir: PathBuf,
    /// Write nothing; list what is missing, differs or is left over
    #[arg(long)]
    pub(super) check: bool,
    /// Use this configuration instead of the nearest `.sprag.hcl` or `/etc/sprag/sprag.hcl`
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

#[cfg(feature = "drift")]
#[derive(Debug, ClapArgs)]
#[command(after_help = "Exit status: 0 printed, whatever the verdicts are; 1 could not run.")]
pub(super) struct DriftStatusArgs {
    /// How it is written to standard output
    #[arg(long, value_enum, default_value_t = DriftFormat::Full)]
    pub(super) format: DriftFormat,
    /// Use this configuration instead of the nearest `.sprag.hcl`
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

#[cfg(feature = "drift")]
#[derive(Debug, ClapArgs)]
#[command(after_help = "Exit status: 0 printed, whatever the verdicts are; 1 could not run, or there is no such scan.")]
pub(super) struct DriftLogArgs {
    /// The number of a scan, which is printed whole
    #[arg(value_name = "SCAN", conflicts_with_all = ["env", "since", "status", "limit"])]
    pub(super) scan: Option<i64>,
    /// Only scans of this environment
    #[arg(long, value_name = "ENV")]
    pub(super) env: Option<String>,
    /// Only scans of the last minutes, hours or days, such as `7d`
    #[arg(long, value_name = "DURATION", value_parser = parse_span)]
    pub(super) since: Option<Duration>,
    /// Only scans with this verdict: conforming, pending, stale, drift or error
    #[arg(long, value_name = "VERDICT", value_parser = parse_verdict)]
    pub(super) status: Option<crate::drift::Verdict>,
    /// At most so many scans, the latest ones
    #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) limit: u32,
    /// How they are written to standard output
    #[arg(long, value_enum, default_value_t = DriftFormat::Full)]
    pub(super) format: DriftFormat,
    /// Use this configuration instead of the nearest `.sprag.hcl`
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

#[cfg(feature = "drift")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DriftFormat {
    /// For people
    Full,
    /// For programs
    Json,
}

#[cfg(feature = "drift")]
fn parse_span(text: &str) -> Result<Duration, String> {
    crate::config::parse_duration(text)
        .ok_or_else(|| "write a number with a unit of `y`, `w`, `d`, `h`, `m` or `s`, such as `7d`".to_owned())
}

#[cfg(feature = "drift")]
fn parse_verdict(text: &str) -> Result<crate::drift::Verdict, String> {
    use crate::drift::Verdict;
    let words = Verdict::ALL.map(Verdict::as_str);
    let found = Verdict::ALL.into_iter().find(|verdict| verdict.as_str() == text);
    found.ok_or_else(|| format!("a verdict is one of {}", crate::suggest::quote_all(words)))
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Exit status: 0 nothing found, 1 findings at or above --fail-on (after fixes: that are left; with --diff: \
                  fixes would change something), 2 could not run (usage, configuration, nothing to lint, a path that \
                  cannot be read or written)."
)]
pub(super) struct LintArgs {
    /// Files and directories; `-` reads one file from standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    /// Take the paths as changed: lint their repository, show findings of the modules they belong to and of callers
    #[arg(long, conflicts_with = "stdin_filename")]
    pub(super) affected: bool,
    /// Apply the safe fixes of what is shown, then show what is left
    #[arg(long)]
    pub(super) fix: bool,
    /// Apply fixes that may change what the code does, too
    #[arg(long)]
    pub(super) unsafe_fixes: bool,
    /// Print what fixes would change as a unified diff instead of the findings, and write nothing
    #[arg(long, conflicts_with_all = ["statistics", "output_file"])]
    pub(super) diff: bool,
    /// Show findings only on lines and in blocks that changed since the branch left this Git ref, uncommitted changes
    /// and new files included, and in modules that call a changed one
    #[arg(long, value_name = "REF", conflicts_with_all = ["affected", "stdin_filename"])]
    pub(super) since: Option<String>,
    /// How findings are written to standard output
    #[arg(long, value_enum, default_value_t = Format::Full)]
    pub(super) format: Format,
    /// Write findings to this file instead of standard output; it is replaced as a whole
    #[arg(long, value_name = "FILE")]
    pub(super) output_file: Option<PathBuf>,
    /// Show all findings instead of the first three of each lint
    #[arg(long)]
    pub(super) all: bool,
    /// Run only these lints or areas, whether or not the configuration has them on
    #[arg(long, value_name = "LINT|AREA", value_delimiter = ',')]
    pub(super) select: Vec<String>,
    /// Leave out these lints or areas
    #[arg(long, value_name = "LINT|AREA", value_delimiter = ',')]
    pub(super) ignore: Vec<String>,
    /// The least severity that is shown and gives exit status 1
    #[arg(long, value_enum, default_value_t = Level::Warning, value_name = "SEVERITY")]
    pub(super) fail_on: Level,
    /// Write all findings into the baseline, `.sprag-baseline.json` or what `lint.baseline` names: they are known then,
    /// and only others count
    #[arg(long, conflicts_with_all = [
        "fix", "unsafe_fixes", "diff", "affected", "since", "select", "ignore", "stdin_filename", "output_file", "statistics",
    ])]
    pub(super) write_baseline: bool,
    /// Print a count per lint instead of the findings
    #[arg(long)]
    pub(super) statistics: bool,
    /// Show also where invariants could not be decided, and why
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) show: Option<Show>,
    /// Take values of variables from this file as well, which Terraform does not load by itself; as often as you like,
    /// the last one counts. They are those of the root module that FILE lies in, else of every root module in PATH.
    /// Values of sensitive variables are never shown
    #[arg(long, value_name = "FILE")]
    pub(super) var_file: Vec<PathBuf>,
    /// Judge invariants on the real values of this plan, too; it is what `terraform show -json PLANFILE` prints
    #[arg(long, value_name = "FILE")]
    pub(super) plan: Option<PathBuf>,
    /// Ask this Prometheus server, too, which metrics and labels there are; it is only read from
    #[cfg(feature = "drift")]
    #[arg(long, value_name = "URL")]
    pub(super) prometheus: Option<String>,
    /// Trust the certificates in this PEM file when asking Prometheus, instead of those that the system trusts
    #[cfg(feature = "drift")]
    #[arg(long, value_name = "FILE", requires = "prometheus")]
    pub(super) prometheus_ca: Option<PathBuf>,
    /// Identify to Prometheus with the `user:password` in this file
    #[cfg(feature = "drift")]
    #[arg(long, value_name = "FILE", requires = "prometheus", conflicts_with = "prometheus_bearer_file")]
    pub(super) prometheus_basic_auth_file: Option<PathBuf>,
    /// Identify to Prometheus with the token in this file
    #[cfg(feature = "drift")]
    #[arg(long, value_name = "FILE", requires = "prometheus")]
    pub(super) prometheus_bearer_file: Option<PathBuf>,
    /// Use this configuration instead of the nearest `.sprag.hcl`
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// The name of the file that standard input holds; it decides language and module
    #[arg(long, value_name = "NAME")]
    pub(super) stdin_filename: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "A file that is there already is never touched. Exit status: 0 written, 2 not.")]
pub(super) struct InitArgs {
    /// The root of the repository
    #[arg(value_name = "DIR", default_value = ".")]
    pub(super) directory: PathBuf,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "The catalogue goes to standard output. Give it a place in the repository and name it in \
                        `.sprag.hcl`:\n\n  alerts {\n    catalogue \"my-exporter\" {\n      file = \
                        \"metrics/my-exporter.prom\"\n    }\n  }\n\nExit status: 0 written, 2 not.")]
pub(super) struct CatalogueArgs {
    /// Dumps of one exporter, in Prometheus' text format or OpenMetrics; `-` reads standard input
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// The exporter's name [default: what a dump says, else the name of the first file]
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// The version of the exporter that wrote the dumps, where they do not say
    #[arg(long, value_name = "VERSION")]
    pub(super) of_version: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ConfigArgs {
    /// The file or directory whose configuration is printed
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// Print this configuration instead of the nearest `.sprag.hcl`
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

#[cfg(unix)]
#[derive(Debug, ClapArgs)]
#[command(after_help = "Exit status: that of the last attempt, 128+N when signal N ended it; 124 it took longer than \
                        --timeout, 125 sprag itself failed (usage too), 126 the command cannot be executed, 127 there \
                        is no such command. With SPRAG_DRY_RUN=1 in the environment --dry-run is on.\n\
                        The command's standard input and output are not touched: a second attempt reads what the \
                        first has left of the input.")]
pub(super) struct RetryArgs {
    /// How often the command is run at most
    #[arg(long, value_name = "N", default_value = "3", value_parser = attempts)]
    pub(super) attempts: NonZeroU32,
    /// The pause after the first attempt; each further one is twice as long
    #[arg(long, value_name = "DURATION", default_value = "1s", value_parser = duration)]
    pub(super) delay: Duration,
    /// Run again only after these exit statuses, such as ssh's 255 [default: any but 0]
    #[arg(long, value_name = "STATUS,...", value_delimiter = ',', value_parser = clap::value_parser!(u8).range(1..))]
    pub(super) on_exit: Vec<u8>,
    /// End an attempt that takes longer: SIGTERM, later SIGKILL, to the command and its children
    #[arg(long, value_name = "DURATION", value_parser = positive_duration)]
    pub(super) timeout: Option<Duration>,
    /// How long after SIGTERM an attempt is ended by SIGKILL
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration)]
    pub(super) kill_after: Duration,
    /// Say on standard error what would be run, and run nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// The command and its arguments
    #[arg(value_name = "CMD", required = true, trailing_var_arg = true, allow_hyphen_values = false)]
    pub(super) command: Vec<OsString>,
}

#[cfg(unix)]
fn duration(text: &str) -> Result<Duration, String> {
    let hint = "write a number and a unit, such as `500ms`, `5s` or `1m`";
    crate::config::parse_duration(text).ok_or_else(|| hint.to_owned())
}

#[cfg(unix)]
fn attempts(text: &str) -> Result<NonZeroU32, String> {
    text.parse().map_err(|_| "write a whole number from 1".to_owned())
}

#[cfg(unix)]
fn positive_duration(text: &str) -> Result<Duration, String> {
    duration(text).and_then(|time| if time.is_zero() { Err("it must be longer than 0".to_owned()) } else { Ok(time) })
}

/// What is shown beside findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Show {
    /// Where invariants could not be decided, and why
    Undecided,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// With source excerpts, for people
    Full,
    /// `path:line:column: severity[lint] message`
    Concise,
    /// For programs
    Json,
    /// SARIF 2.1.0, for security tabs and viewers
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// The Code Quality report of GitLab
    Gitlab,
    /// Test results for nearly any CI
    Junit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Level {
    Error,
    Warning,
    Note,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning => Self::Warning,
            Level::Note => Self::Note,
        }
    }
}
