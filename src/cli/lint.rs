//! `sprag lint`: finds files, lints them in two passes, reports.
//!
//! The first pass looks at one module or rule file at a time, in parallel, and keeps only diagnostics and a summary; the
//! second looks at the summaries.

mod affected;
mod baseline;
mod diff;
mod evaluate;
mod exporters;
mod first_pass;
mod fix;
mod installed;
mod invariants;
mod known;
#[cfg(feature = "drift")]
mod live;
pub(super) mod load;
mod loaded;
mod output;
mod passes;
mod plan;
mod releases;
mod scene;
mod servers;
mod settings;
mod since;
mod values;

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::LintArgs;
use super::files::{Files, MAX_FILE_SIZE};
use super::{Exit, terminal};
use crate::config::Selection;
use crate::diagnostic::{Applicability, FileId, Severity};
use crate::discover::{self, Inventory, Request};
use crate::linter::finding::Finding;
use crate::linter::{self, Engine};
use crate::lints::LINTS;
use crate::report::{self, Report};
use affected::Change;
use baseline::Baselines;
pub(super) use invariants::check_inputs;
use known::Known;
use passes::Outcome;
use scene::{Scene, View};
use settings::Settings;
use since::Since;

/// The text of a file.
type Text = Arc<[u8]>;

pub(super) fn run(args: &LintArgs) -> Exit {
    // Fails where the process has such threads already, which then do as well.
    drop(rayon::ThreadPoolBuilder::new().stack_size(evaluate::STACK).build_global());
    // A panic inside a lint becomes a finding; its message is part of that.
    std::panic::set_hook(Box::new(|_| {}));
    // All of it on one of these threads: nothing is handed to them and waited for again and again.
    let outcome = catch_unwind(AssertUnwindSafe(|| rayon::scope(|_| lint(args)))).unwrap_or_else(|panic| {
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
    let since = args.since.as_deref().map(|reference| Since::of(reference, &args.paths)).transpose()?;
    let (request, stdin) = request(args, change.as_ref())?;
    let mut settings = Settings::load(args.config.as_deref(), &starts_of(&request), &selection)?;
    let request = Request { exclude: Some(Box::new(settings.exclude())), ..request };
    let mut inventory = discover::discover(&request);
    let mut files = Files::new(std::mem::take(&mut inventory.files));
    settings.add_nested(&inventory.configs)?;
    let mut mistakes = settings.register(&mut files);
    let is_excluded = settings.exclude();
    inventory.leave_out(|id| files.get(id).is_some_and(|file| !file.named && is_excluded(&file.path)));
    settings.add_invariants(&mut inventory.invariants, &mut files);
    mistakes.extend(settings.check_invariants(&inventory.invariants, &files));
    // Without rules nobody asks what exporters measure.
    let mut known = Known::default();
    if let Some(path) = &args.plan {
        let resources = plan::read(path)?;
        known.plan = Some((resources, files.add(path, path.display().to_string())));
    }
    known.values = values::read(&args.var_file, &inventory, &mut files)?;
    if !inventory.rule_candidates.is_empty() || !inventory.dashboard_candidates.is_empty() {
        let (read, wrong) = exporters::catalogues(&settings, &mut files);
        known.catalogues = read;
        if !wrong.is_empty() {
            settings.break_off();
        }
        mistakes.extend(wrong);
    }
    #[cfg(feature = "drift")]
    if let Some(url) = args.prometheus.as_ref().filter(|_| !known.catalogues.is_empty() && !settings.is_broken()) {
        let (catalogue, scrape) = live::ask(&live::Access::of(args, url), &inventory, &mut files)?;
        known.add(catalogue, scrape);
    }
    let mut scene = Scene {
        args,
        engine: Engine { lints: LINTS },
        inventory,
        files,
        settings,
        known,
        mistakes,
        change,
        since,
        reach: None,
        baselines: Baselines::none(),
        typed: None,
    };
    if scene.settings.is_broken() {
        scene.inventory = Inventory::default();
        let diagnostics = std::mem::take(&mut scene.mistakes);
        show(&scene, scene.view(Outcome { diagnostics, ..Outcome::default() }), false)?;
        return Ok(Exit::Failed);
    }
    if let (Some(text), Some(path)) = (stdin, &request.virtual_file) {
        scene.typed = find_file(&scene.files, path);
        scene.files.overlay.extend(scene.typed.map(|id| (id, text)));
    }
    if !args.write_baseline {
        scene.baselines = Baselines::load(&scene.settings)?;
    }
    let view = scene.look();
    if view.checked == 0 && view.problems.is_empty() && !scene.inventory.focused {
        return Err(nothing_to_lint(args));
    }
    let problems = view.problems.clone();
    let exit = match fix::wanted(args) {
        _ if args.write_baseline => write_baseline(&scene, view)?,
        None => show(&scene, view, false)?,
        Some(wanted) => mend(&mut scene, wanted, view)?,
    };
    for problem in &problems {
        terminal::complain(&format!("{}: {}", problem.path, problem.message));
    }
    // The process ends: nothing has to be given back.
    std::mem::forget(scene);
    Ok(if problems.is_empty() { exit } else { Exit::Failed })
}

/// Writes down everything that is found. What could not be read would be missing.
fn write_baseline(scene: &Scene<'_>, view: View) -> Result<Exit, String> {
    if !view.problems.is_empty() {
        terminal::complain("no baseline was written");
        return Ok(Exit::Failed);
    }
    let written = baseline::write(scene, view.findings)?;
    let lines: String = written.into_iter().map(|line| format!("{line}\n")).collect();
    terminal::write_stderr(if lines.is_empty() { b"no findings: no baseline is needed\n" } else { lines.as_bytes() });
    Ok(Exit::Clean)
}

/// Applies fixes and shows what they change, or what is left after them. The text of standard input (`typed`) goes to
/// standard output, as editors expect it.
fn mend(scene: &mut Scene<'_>, wanted: Applicability, view: View) -> Result<Exit, String> {
    let typed = scene.typed;
    let (fixed, view) = fix::apply(scene, wanted, view);
    let mut complaints = fixed.complaints(scene);
    let exit = if scene.args.diff {
        let text = fixed.diff(scene);
        terminal::write_stdout(text.as_bytes()).map_err(|error| format!("standard output: {error}"))?;
        if fixed.is_empty() {
            terminal::write_stderr(b"nothing to fix\n");
            Exit::Clean
        } else {
            terminal::write_stderr(format!("{}\n", fixed.sentence("would fix")).as_bytes());
            Exit::Findings
        }
    } else {
        match typed {
            Some(file) => {
                let text = scene.files.read(file).unwrap_or_default();
                terminal::write_stdout(&text).map_err(|error| format!("standard output: {error}"))?;
            }
            None => complaints.extend(fixed.save(scene)),
        }
        if !fixed.is_empty() && complaints.is_empty() {
            terminal::write_stderr(format!("{}\n", fixed.sentence("fixed")).as_bytes());
        }
        show(scene, view, typed.is_some())?
    };
    for complaint in &complaints {
        terminal::complain(complaint);
    }
    Ok(if complaints.is_empty() { exit } else { Exit::Failed })
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
        "nothing to lint in {}: no Terraform files, no tests, no Prometheus rule files and no dashboards (ignored files count only when named)",
        paths.join(", ")
    )
}

/// Writes findings and summary. The exit status follows from what is shown. `is_taken`: standard output has something else.
fn show(scene: &Scene<'_>, view: View, is_taken: bool) -> Result<Exit, String> {
    let (args, least) = (scene.args, scene.least());
    let mut options = output::options(args);
    options.all = args.all || only_one_lint(args);
    options.show_notes = least == Severity::Note || args.show.is_some();
    let View { findings, problems, checked, summary, remarks, foreign } = view;
    let report = Report {
        findings: &findings,
        files: &scene.files,
        lints: LINTS,
        checked,
        foreign: &foreign,
        summary: &summary,
        options,
    };
    output::write(args, &report, is_taken)?;
    let options = report::Options { color: terminal::color_on_stderr(), ..terminal::options() };
    let options = report::Options { show_notes: report.options.show_notes, ..options };
    let mut closing: Vec<u8> = remarks.iter().flat_map(|remark| [remark.as_bytes(), b"\n"].concat()).collect();
    if checked > 0 || !findings.is_empty() || problems.is_empty() {
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
