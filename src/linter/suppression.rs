//! Comments that suppress findings: `# sprag: ignore[LINT] reason` on a line, above a block or rule, `ignore-file`, and
//! `tflint-ignore`. What is suppressed is not reported; a suppression that names no lint, gives no reason or suppresses
//! nothing is a finding itself.

mod comment;
mod place;

use super::Lint;
use crate::config::Selector;
use crate::config::schema::Kind;
use crate::diagnostic::{Applicability, Diagnostic, Edit, FileId, Fix, LintId, Location, Severity};
use comment::Tongue;
use place::Suppression;

pub use place::{Found, in_document, in_rules};

/// The rules of tflint, each with the lint that does its work.
pub type TflintRules = [(&'static str, &'static str)];

/// What the configuration may set of `sprag/unused-suppression`: whether comments of tflint are judged too, as they can be
/// where tflint itself does not run any more.
pub const OPTIONS: &[(&str, Kind)] = &[("tflint", Kind::Bool)];

/// What complaints depend on, file by file.
pub struct Judge<'a> {
    /// Whether a lint looked at a file with everything it needs, so that it would have found something.
    pub was_on: &'a dyn Fn(FileId, &Lint) -> bool,
    /// Whether comments of tflint are ours alone.
    pub owns_tflint: &'a dyn Fn(FileId) -> bool,
}

/// What a name in a suppression stands for.
#[derive(Clone, Debug)]
enum Meaning {
    /// A lint, or all of an area.
    Lints(Selector),
    /// The lint of a tflint rule; `None` where there is none.
    Rule(Option<&'static str>),
    /// Every lint that does the work of a tflint rule.
    AllRules,
    /// Nothing: what is wrong, what to do, and what was probably meant.
    Unknown(String, Option<String>, Option<String>),
}

/// All suppressions of one run.
pub struct Suppressions {
    all: Vec<Known>,
    malformed: Vec<Diagnostic>,
}

struct Known {
    suppression: Suppression,
    /// For each name what it means and whether it suppressed something.
    names: Vec<(Meaning, bool)>,
    is_judged: bool,
}

impl Suppressions {
    /// Understands what was found; a file that several modules read may come several times. `lints` are all lints.
    #[must_use]
    pub fn new(mut found: Vec<Found>, lints: &[Lint], rules: &TflintRules) -> Self {
        found.sort_by_key(|found| found.file);
        let ids: Vec<&str> = lints.iter().map(|lint| lint.id).collect();
        let mut suppressions = Self { all: Vec::new(), malformed: Vec::new() };
        for same in found.chunk_by(|one, other| one.file == other.file) {
            let is_judged = same.iter().all(|found| found.is_judged);
            suppressions.malformed.extend(same[0].malformed.iter().cloned());
            suppressions.all.extend(same[0].suppressions.iter().map(|suppression| {
                let meaning = |name: &str| meaning(suppression.tongue, name, &ids, rules);
                let names = suppression.names.iter().map(|(name, _)| (meaning(name), false));
                Known { names: names.collect(), suppression: suppression.clone(), is_judged }
            }));
        }
        suppressions
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty() && self.malformed.is_empty()
    }

    /// Leaves out what is suppressed, and remembers by what.
    pub fn silence(&mut self, diagnostics: &mut Vec<Diagnostic>, rules: &TflintRules) {
        diagnostics.retain(|diagnostic| {
            let first = self.all.partition_point(|known| known.suppression.file < diagnostic.location.file);
            let own = self.all[first..].iter_mut();
            let mut is_kept = true;
            for known in own.take_while(|known| known.suppression.file == diagnostic.location.file) {
                if !known.suppression.covers(diagnostic.location) {
                    continue;
                }
                for (meaning, used) in &mut known.names {
                    if meaning.covers(diagnostic.lint.as_str(), rules) {
                        *used = true;
                        is_kept = false;
                    }
                }
            }
            is_kept
        });
    }

    /// What is wrong with the suppressions themselves.
    #[must_use]
    pub fn complaints(&self, lints: &[Lint], judge: &Judge<'_>) -> Vec<Diagnostic> {
        let mut complaints = self.malformed.clone();
        for known in &self.all {
            known.complain(lints, judge, &mut complaints);
        }
        complaints
    }
}

impl Known {
    fn complain(&self, lints: &[Lint], judge: &Judge<'_>, complaints: &mut Vec<Diagnostic>) {
        let own = &self.suppression;
        let at = |span| Location::new(own.file, span);
        let fix = |span, text: &str, applicability| {
            let edit = Edit { location: at(span), text: text.to_owned() };
            Fix { applicability, edits: vec![edit] }
        };
        if !own.has_reason {
            let lint = LintId::new("sprag/suppression-without-reason");
            let message = "this suppression gives no reason";
            let finding = Diagnostic::new(lint, Severity::Note, at(own.comment), message);
            complaints.push(finding.help("say behind the brackets why the finding is no problem here"));
        }
        for (number, ((meaning, is_used), (name, span))) in self.names.iter().zip(&own.names).enumerate() {
            if let Meaning::Unknown(message, help, nearest) = meaning {
                let lint = LintId::new("sprag/unknown-lint");
                let mut finding = Diagnostic::new(lint, Severity::Warning, at(*span), message.clone());
                finding.help.clone_from(help);
                finding.fix = nearest.as_ref().map(|nearest| fix(*span, nearest, Applicability::Unsafe));
                complaints.push(finding.subject(name));
            }
            if *is_used || !self.is_judged || !meaning.is_judged(own.file, lints, judge) {
                continue;
            }
            let lint = LintId::new("sprag/unused-suppression");
            let message = format!("`{name}` finds nothing here that could be suppressed");
            let finding = Diagnostic::new(lint, Severity::Warning, at(*span), message).subject(name);
            let fix = fix(own.removal_of(number), "", Applicability::Safe);
            complaints.push(finding.help("remove the suppression: it would hide the next finding").fix(fix));
        }
    }
}

fn meaning(tongue: Tongue, name: &str, ids: &[&str], rules: &TflintRules) -> Meaning {
    match tongue {
        Tongue::Tflint if name == "all" => Meaning::AllRules,
        Tongue::Tflint => Meaning::Rule(rules.iter().find(|(rule, _)| *rule == name).map(|(_, lint)| *lint)),
        Tongue::Sprag => match Selector::new(name, ids) {
            Ok(selector) => Meaning::Lints(selector),
            Err(mistake) => {
                let nearest = Selector::nearest(name, ids).map(str::to_owned);
                Meaning::Unknown(mistake.message, mistake.help, nearest)
            }
        },
    }
}

impl Meaning {
    fn covers(&self, lint: &str, rules: &TflintRules) -> bool {
        match self {
            Self::Lints(selector) => selector.covers(lint),
            Self::Rule(rule) => *rule == Some(lint),
            Self::AllRules => rules.iter().any(|(_, own)| *own == lint),
            Self::Unknown(..) => false,
        }
    }

    /// Whether all lints that are meant were on. Rules of tflint are not ours to judge unless the configuration says so,
    /// and the names of invariants are known where invariants are.
    fn is_judged(&self, file: FileId, lints: &[Lint], judge: &Judge<'_>) -> bool {
        let is_meant = |lint: &&Lint| match self {
            Self::Lints(selector) => selector.covers(lint.id),
            Self::Rule(rule) => *rule == Some(lint.id) && (judge.owns_tflint)(file),
            Self::AllRules | Self::Unknown(..) => false,
        };
        let mut meant = lints.iter().filter(is_meant).peekable();
        meant.peek().is_some() && meant.all(|lint| (judge.was_on)(file, lint))
    }
}
