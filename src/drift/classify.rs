//! Why a scan has no verdict: an ordered table over what terraform said. The first rule that fits any of the error
//! diagnostics names the failure. Rules look at summary and detail together, since providers and backends put the
//! cause in either: a bucket without rights arrives as `Error acquiring the state lock`. Pure.
//!
//! The texts are those of terraform 1.11 with its S3 and local backends and of bpg/proxmox
//! (`proxmox/api/errors.go`, `client.go`).

use std::sync::LazyLock;

use regex::Regex;

use super::mask::Masker;
use super::rules::{RULES, Rule};
use super::scan::{ErrorKind, Failure, Finding, Phase};

/// What is known of a failed step.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'e> {
    /// The step.
    pub phase: Phase,
    /// Diagnostics as terraform gave them; only errors are looked at.
    pub diagnostics: &'e [Finding],
    /// Lines of the standard output that are no JSON.
    pub texts: &'e [String],
    /// The standard error.
    pub stderr: &'e str,
    /// The exit status; nothing where a signal ended the process.
    pub status: Option<i32>,
    /// Whether sprag ended it because the deadline passed.
    pub timed_out: bool,
}

/// Whether trying again within the same scan can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It cannot. Of a lock: terraform has waited for it already (`-lock-timeout`).
    No,
    /// After `init`, once; never with `-upgrade`, `-reconfigure` or `-migrate-state`.
    AfterInit,
    /// Once, after a pause.
    Once,
    /// Twice, with growing pauses.
    Twice,
}

/// A failure and what to do about it at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classified {
    /// The failure, masked.
    pub failure: Failure,
    /// Whether to try again.
    pub retry: Retry,
}

/// Names the failure of a step.
#[must_use]
pub fn classify(evidence: Evidence<'_>, masker: &Masker) -> Classified {
    if evidence.timed_out {
        return timeout(evidence.phase);
    }
    let said = evidence.said();
    let found = RULES.iter().find_map(|rule| Some((rule, said.iter().find(|said| rule.fits(said))?)));
    match found {
        Some((rule, said)) => explained(rule, said, evidence.phase, masker),
        None => unknown(said.first(), evidence, masker),
    }
}

impl Failure {
    /// The same with further secrets masked.
    pub(super) fn masked(self, masker: &Masker) -> Self {
        let remedy = self.remedy.map(|remedy| masker.text(&remedy));
        Self { message: masker.text(&self.message), remedy, ..self }
    }
}

/// One thing that terraform said.
#[derive(Debug)]
pub(super) struct Said {
    /// Summary, line break, detail.
    pub(super) text: String,
    pub(super) has_address: bool,
    /// Whether it points at a file of the configuration.
    pub(super) has_place: bool,
}

impl Evidence<'_> {
    /// Error diagnostics; texts and the standard error where there are none.
    fn said(self) -> Vec<Said> {
        let errors = self.diagnostics.iter().filter(|finding| finding.severity == "error");
        let mut said: Vec<Said> = errors.map(Said::from).collect();
        if said.is_empty() {
            let texts = self.texts.iter().map(String::as_str).chain([self.stderr]);
            let text = texts.filter(|text| !text.trim().is_empty()).collect::<Vec<_>>().join("\n");
            if !text.is_empty() {
                let text = complaint_first(without_frame(&text));
                said.push(Said { text, has_address: false, has_place: false });
            }
        }
        said
    }
}

impl From<&Finding> for Said {
    fn from(finding: &Finding) -> Self {
        let file = finding.place.as_deref().and_then(|place| place.rsplit_once(':')).map(|(file, _)| file);
        let endings = [".tf", ".tfvars", ".tf.json", ".tfvars.json", ".tofu"];
        Self {
            text: format!("{}\n{}", finding.summary, finding.detail),
            has_address: finding.address.is_some(),
            has_place: file.is_some_and(|file| endings.iter().any(|ending| file.ends_with(ending))),
        }
    }
}

/// Terraform draws a box around what it prints for people.
fn without_frame(text: &str) -> String {
    let bare = text.lines().map(|line| line.trim_matches(|c: char| c.is_whitespace() || "╷│╵".contains(c)));
    bare.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Puts what went wrong before what was said on the way there, on one line.
fn complaint_first(text: String) -> String {
    let complaint: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("Error: ")).collect();
    match complaint.split_first() {
        Some((summary, [])) => format!("{summary}\n{text}"),
        Some((summary, detail)) => format!("{summary}: {}\n{text}", detail.join(" ")),
        None => text,
    }
}

fn timeout(phase: Phase) -> Classified {
    let remedy = "look for a node or a state store that answers slowly, or raise `timeout` of the environment; a \
                  killed scan can leave a state lock behind";
    Classified {
        failure: Failure {
            kind: ErrorKind::Timeout,
            phase,
            message: format!("the deadline passed during `{}`", phase.as_str()),
            remedy: Some(remedy.to_owned()),
        },
        retry: Retry::No,
    }
}

fn explained(rule: &Rule, said: &Said, phase: Phase, masker: &Masker) -> Classified {
    let holder = (rule.kind == ErrorKind::Lock).then(|| LockInfo::of(&said.text)).flatten();
    let message = match &holder {
        Some(holder) => holder.sentence(),
        None => format!("{}: {}", rule.message, first_line(&said.text)),
    };
    let remedy = match holder.and_then(|holder| holder.id) {
        Some(id) => format!("{}, if nobody is at work with it: `terraform force-unlock {id}`", rule.remedy),
        None => rule.remedy.to_owned(),
    };
    Classified {
        failure: Failure { kind: rule.kind, phase, message: masker.text(&message), remedy: Some(masker.text(&remedy)) },
        retry: rule.retry,
    }
}

fn unknown(said: Option<&Said>, evidence: Evidence<'_>, masker: &Masker) -> Classified {
    let phase = evidence.phase.as_str();
    let ended = match evidence.status {
        Some(status) => format!("`{phase}` failed with exit status {status}"),
        None => format!("`{phase}` was ended by a signal"),
    };
    let message = said.map_or_else(|| ended.clone(), |said| format!("{ended}: {}", first_line(&said.text)));
    let remedy = format!("run terraform's `{phase}` in the directory of the environment by hand");
    Classified {
        failure: Failure {
            kind: ErrorKind::Unknown,
            phase: evidence.phase,
            message: masker.text(&message),
            remedy: Some(remedy),
        },
        retry: Retry::No,
    }
}

/// The first line that says something, at most 300 characters of it.
fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line = line.strip_prefix("Error: ").unwrap_or(line).trim_end_matches('.');
    match line.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// Who holds the state lock.
struct LockInfo {
    id: Option<String>,
    who: Option<String>,
    operation: Option<String>,
    created: Option<String>,
}

#[expect(clippy::expect_used, reason = "the pattern is a constant")]
static LOCK_MEMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*(ID|Who|Operation|Created):[ \t]*(\S.*?)\s*$").expect("the pattern is valid")
});

impl LockInfo {
    fn of(text: &str) -> Option<Self> {
        let (_, info) = text.split_once("Lock Info:")?;
        let member = |name: &str| {
            let found = LOCK_MEMBER.captures_iter(info).find(|found| &found[1] == name)?;
            Some(found[2].to_owned())
        };
        Some(Self { id: member("ID"), who: member("Who"), operation: member("Operation"), created: member("Created") })
    }

    fn sentence(&self) -> String {
        let who = self.who.as_deref().unwrap_or("somebody");
        let operation = self.operation.as_deref().map(|operation| format!(" ({operation})"));
        let since = self.created.as_deref().map(|created| format!(" since {created}"));
        format!("the state lock is held by {who}{}{}", operation.unwrap_or_default(), since.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
