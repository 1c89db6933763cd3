//! `sprag drift doctor`: whether everything is there that scans need. Changes nothing; of terraform it asks the version.

mod environment;
mod machine;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use super::text::{FAINT, Look};
use super::{DriftExit, Settings, json, print};
use crate::cli::args::{DriftDoctorArgs, DriftFormat};
use crate::cli::terminal;
use crate::config::Environment;
use crate::report::text::wrap;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Good,
    /// A scan works, but not everything is as it should be, or it cannot be told.
    Doubtful,
    /// A scan fails, or what it finds reaches nobody.
    Bad,
}

impl State {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Doubtful => "warning",
            Self::Bad => "failure",
        }
    }

    const fn style(self) -> Style {
        match self {
            Self::Good => AnsiColor::Green.on_default(),
            Self::Doubtful => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
        }
    }
}

/// The result of one check.
struct Check {
    /// The environment; nothing for the machine.
    environment: Option<String>,
    /// What was looked at, in a word or two.
    subject: &'static str,
    state: State,
    /// What was found.
    found: String,
    /// What to do.
    remedy: Option<String>,
}

/// The checks of the machine or of one environment.
struct Checks {
    environment: Option<String>,
    all: Vec<Check>,
}

impl Checks {
    const fn of(environment: Option<String>) -> Self {
        Self { environment, all: Vec::new() }
    }

    fn add(&mut self, subject: &'static str, state: State, found: impl Into<String>, remedy: Option<&str>) {
        let (environment, remedy) = (self.environment.clone(), remedy.map(str::to_owned));
        self.all.push(Check { environment, subject, state, found: found.into(), remedy });
    }

    fn good(&mut self, subject: &'static str, found: impl Into<String>) {
        self.add(subject, State::Good, found, None);
    }

    fn doubtful(&mut self, subject: &'static str, found: impl Into<String>, remedy: &str) {
        self.add(subject, State::Doubtful, found, Some(remedy));
    }

    fn bad(&mut self, subject: &'static str, found: impl Into<String>, remedy: &str) {
        self.add(subject, State::Bad, found, Some(remedy));
    }
}

pub(super) fn run(args: &DriftDoctorArgs) -> Result<DriftExit, String> {
    let settings = Settings::load(args.config.as_deref())?;
    let environments: Vec<&Environment> = if args.environments.is_empty() {
        settings.drift.environments.iter().collect()
    } else {
        args.environments.iter().map(|name| settings.environment(name)).collect::<Result<_, _>>()?
    };
    let mut checks = machine::check(&settings, &environments, &args.node_exporter);
    for environment in environments {
        checks.extend(environment::check(environment, &settings));
    }
    match args.format {
        DriftFormat::Json => print(&to_json(&checks))?,
        DriftFormat::Full => print(to_text(&checks, &Look::of_stdout(), terminal::options().width).as_bytes())?,
    }
    let fails = checks.iter().any(|check| check.state == State::Bad);
    Ok(if fails { DriftExit::Failed } else { DriftExit::Done })
}

fn to_json(checks: &[Check]) -> Vec<u8> {
    let check = |check: &Check| {
        json!({
            "environment": check.environment,
            "check": check.subject,
            "state": check.state.as_str(),
            "found": check.found,
            "remedy": check.remedy,
        })
    };
    json::document(json!({ "checks": checks.iter().map(check).collect::<Vec<_>>() }))
}

fn to_text(checks: &[Check], look: &Look, width: usize) -> String {
    let mut text = String::new();
    let subjects = checks.iter().map(|check| check.subject.len()).max().unwrap_or(0);
    for group in checks.chunk_by(|a, b| a.environment == b.environment) {
        let title = group[0].environment.as_deref().unwrap_or("this machine");
        text.push_str(&format!("{}\n", look.paint(&look.plain(title), Style::new().bold())));
        group.iter().for_each(|check| write_check(&mut text, check, subjects, look, width));
    }
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    let plural = |count: usize, noun: &str| super::text::plural(u32::try_from(count).unwrap_or(u32::MAX), noun);
    let (bad, doubtful) = (count(State::Bad), count(State::Doubtful));
    text.push_str(&match (bad, doubtful) {
        (0, 0) => "everything is there that scans need\n".to_owned(),
        (0, _) => format!("{}\n", plural(doubtful, "warning")),
        _ => format!("{}, {}\n", plural(bad, "failure"), plural(doubtful, "warning")),
    });
    text
}

/// State, subject and what was found; below it what to do.
fn write_check(text: &mut String, check: &Check, subjects: usize, look: &Look, width: usize) {
    const STATES: usize = "failure".len();
    let indent = " ".repeat(2 + STATES + 2 + subjects + 2);
    let state = format!("{:STATES$}", check.state.as_str());
    let subject = format!("{:subjects$}", check.subject);
    let found = wrap(&look.plain(&check.found), width, indent.len(), &indent);
    let (state, subject) = (look.paint(&state, check.state.style()), look.paint(&subject, FAINT));
    text.push_str(&format!("  {state}  {subject}  {found}\n"));
    if let Some(remedy) = &check.remedy {
        let arrow = if look.unicode { "→" } else { ">" };
        let deeper = format!("{indent}  ");
        let remedy = wrap(&look.plain(remedy), width, deeper.len(), &deeper);
        text.push_str(&format!("{indent}{arrow} {remedy}\n"));
    }
}
