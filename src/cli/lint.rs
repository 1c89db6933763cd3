//! `sprag lint`: finds files, lints them in two passes, reports.
//!
//! The first pass looks at one module or rule file at a time, in parallel, and keeps only diagnostics and a summary; the
//! second looks at the summaries.

mod affected;
mod evaluate;
mod exporters;
mod installed;
pub(super) mod load;
mod output;
mod passes;
mod servers;
mod settings;

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::LintArgs;
use super::files::{Files, MAX_FILE_SIZE};
use super::{Exit, terminal};
use crate::config::Selection;
use crate::diagnostic::{FileId, Severity};
use crate::discover::{self, Request};
use crate::linter::finding::{self, Finding};
use crate::linter::{self, Engine};
use crate::lints::LINTS;
use crate::report::{self, Report};
use affected::Change;
use passes::Outcome;
use settings::Settings;

/// The text of a file.
type Text = Arc<[u8]>;

pub(super) fn run(args: &LintArgs) -> Exit {
    // A panic inside a lint becomes a finding; its message is part of that.
    std::panic::set_hook(Box::new(|_| {}));
    let outcome = catch_unwind(AssertUnwindSafe(|| lint(args))).unwrap_or_else(|panic| {
        let reason = linter::panic_reason(panic.as_ref());
        Err(format!("{reason}; this is a bug in sprag: please report it with the files that were linted"))
    });
    outcome.unwrap_or_else(|message| {
        terminal::complain(&message);
        Exit::Failed
    })
}

fn lint(args: &LintArgs) -> Result<Exit, String> {
    let ids: Vec<&str> = LINTS.iter().map(|lint| lint.id).collect();
    let selection = Selection::new(&args.select, &args.ignore, &ids).map_err(|error| error.to_string())?;
    let change = if args.affected { Some(Change::of(&args.paths)?) } else { None };
    let (request, stdin) = request(args, change.as_ref())?;
    let mut settings = Settings::load(args.config.as_deref(), &starts_of(&request), &selection)?;
    let request = Request { exclude: Some(Box::new(settings.exclude())), ..request };
    let mut inventory = discover::discover(&request);
    let mut files = Files { all: std::mem::take(&mut inventory.files), stdin: None };
    settings.add_nested(&inventory.configs)?;
    let mut mistakes = settings.register(&mut files);
    let is_excluded = settings.exclude();
    inventory.leave_out(|id| files.get(id).is_some_and(|file| !file.named && is_excluded(&file.path)));
    mistakes.extend(settings.check_invariants(&inventory.invariants, &files));
    // Without rules nobody asks what exporters measure.
    let mut catalogues = Vec::new();
    if !inventory.rule_candidates.is_empty() {
        let (read, wrong) = exporters::catalogues(&settings, &mut files);
        catalogues = read;
        if !wrong.is_empty() {
            settings.break_off();
        }
        mistakes.extend(wrong);
    }
    if settings.is_broken() {
        let outcome = Outcome { diagnostics: mistakes, ..Outcome::default() };
        show(args, &files, outcome, false)?;
        return Ok(Exit::Failed);
    }
    if let (Some(text), Some(path)) = (stdin, &request.virtual_file) {
        files.stdin = find_file(&files, path).map(|id| (id, text));
    }
    let engine = Engine { lints: LINTS };
    let mut outcome = passes::run(&engine, &inventory, &files, &settings, &catalogues);
    outcome.diagnostics.extend(mistakes);
    if let Some(reach) = change.and_then(|change| change.reach(&inventory, &files, &outcome.modules)) {
        outcome.diagnostics.retain(|found| reach.contains(&found.location.file));
        outcome.summary.clear();
    }
    outcome.checked += inventory.configs.len() + inventory.invariants.len();
    if outcome.checked == 0 && outcome.problems.is_empty() && !inventory.focused {
        return Err(nothing_to_lint(args));
    }
    let problems = outcome.problems.clone();
    let exit = show(args, &files, outcome, inventory.focused)?;
    for problem in &problems {
        terminal::complain(&format!("{}: {}", problem.path, problem.message));
    }
    Ok(if problems.is_empty() { exit } else { Exit::Failed })
}

/// What to discover, and the text of standard input where a path is `-`.
fn request(args: &LintArgs, change: Option<&Change>) -> Result<(Request, Option<Text>), String> {
    if let Some(change) = change {
        return Ok((Request { paths: change.roots.clone(), ..Request::default() }, None));
    }
    let (stdin, paths): (Vec<&PathBuf>, Vec<&PathBuf>) = args.paths.iter().partition(|path| path.as_os_str() == "-");
    let mut request = Request { paths: paths.into_iter().cloned().collect(), ..Request::default() };
    if stdin.is_empty() {
        if args.stdin_filename.is_some() {
            return Err("--stdin-filename is for standard input; give `-` as the path".to_owned());
        }
        return Ok((request, None));
    }
    let Some(name) = &args.stdin_filename else {
        return Err("`-` needs --stdin-filename NAME, which says what language and module it is".to_owned());
    };
    request.virtual_file = Some(name.clone());
    let mut text = Vec::new();
    let read = std::io::stdin().lock().take(MAX_FILE_SIZE + 1).read_to_end(&mut text);
    read.map_err(|error| format!("standard input: {error}"))?;
    if text.len() as u64 > MAX_FILE_SIZE {
        return Err(format!("standard input: larger than {} MiB", MAX_FILE_SIZE >> 20));
    }
    Ok((request, Some(Arc::from(text))))
}

/// The directories from which configurations are looked for.
fn starts_of(request: &Request) -> Vec<PathBuf> {
    request.paths.iter().chain(&request.virtual_file).map(|path| discover::directory_of(path)).collect()
}

fn find_file(files: &Files, path: &Path) -> Option<FileId> {
    let directory = discover::directory_of(path);
    let real = directory.canonicalize().ok()?.join(path.file_name()?);
    let index = files.all.iter().position(|file| file.path == real)?;
    u32::try_from(index).ok().map(FileId)
}

fn nothing_to_lint(args: &LintArgs) -> String {
    let paths: Vec<String> = args.paths.iter().map(|path| format!("`{}`", path.display())).collect();
    format!(
        "nothing to lint in {}: no Terraform files, no tests and no Prometheus rule files (ignored files count only when named)",
        paths.join(", ")
    )
}

/// Writes findings and summary, of named files only when the run is `focused`. The exit status follows from what is
/// shown.
fn show(args: &LintArgs, files: &Files, outcome: Outcome, focused: bool) -> Result<Exit, String> {
    let least = Severity::from(args.fail_on);
    let mut findings = finding::resolve(outcome.diagnostics, files);
    if focused {
        findings.retain(|finding| files.get(finding.place.file).is_some_and(|file| file.named));
    }
    let mut options = output::options(args);
    options.all = args.all || only_one_lint(args);
    options.show_notes = least == Severity::Note;
    if least == Severity::Error {
        findings.retain(|finding| finding.severity == Severity::Error);
    }
    let (checked, summary) = (outcome.checked, &outcome.summary);
    let report = Report { findings: &findings, files, lints: LINTS, checked, summary, options };
    output::write(args, &report)?;
    let options = report::Options { color: terminal::color_on_stderr(), ..terminal::options() };
    let options = report::Options { show_notes: report.options.show_notes, ..options };
    let mut closing = Vec::new();
    if outcome.checked > 0 || !findings.is_empty() || outcome.problems.is_empty() {
        // Nothing was read: the reason follows, and "no findings" would mislead.
        let _ = report::summary::write(&mut closing, &Report { options, ..report });
    }
    terminal::write_stderr(&closing);
    Ok(if findings.iter().any(|finding| fails(finding, least)) { Exit::Findings } else { Exit::Clean })
}

fn fails(finding: &Finding, least: Severity) -> bool {
    finding.severity >= least
}

/// `--select area/lint` asks for every place of that lint.
fn only_one_lint(args: &LintArgs) -> bool {
    matches!(args.select.as_slice(), [one] if one.contains('/'))
}
