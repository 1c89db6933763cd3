//! The baselines of one run: one for each configuration, in the file that it names, `.sprag-baseline.json` beside it by
//! default. Reads and writes them; what they mean is decided in `linter`.

use std::path::{Path, PathBuf};

use super::scene::Scene;
use super::settings::{Governed, Settings};
use crate::cli::files::{Files, read_limited};
use crate::cli::write::{explain, replace};
use crate::discover;
use crate::linter::baseline::Baseline;
use crate::linter::finding::Finding;

/// Where findings are written down unless the configuration says otherwise.
const FILE: &str = ".sprag-baseline.json";

/// The baselines, by the number of their configuration.
pub(super) struct Baselines(Vec<One>);

struct One {
    path: PathBuf,
    /// Nothing where there is no such file.
    baseline: Option<Baseline>,
}

impl Baselines {
    /// Reads those that are there.
    pub(super) fn load(settings: &Settings<'_>) -> Result<Self, String> {
        let load = |governed: &Governed| {
            let path = path_of(governed);
            let mut one = One { baseline: None, path };
            if one.path.exists() {
                let text = read_limited(&one.path).map_err(|message| format!("{}: {message}", shown(&one.path)))?;
                let parsed = Baseline::parse(&text).map_err(|message| {
                    format!("{}: {message}; `sprag lint --write-baseline` writes it anew", shown(&one.path))
                })?;
                one.baseline = Some(parsed);
            }
            Ok(one)
        };
        settings.all().iter().map(load).collect::<Result<_, _>>().map(Self)
    }

    /// None at all, where all findings are asked for.
    pub(super) const fn none() -> Self {
        Self(Vec::new())
    }

    /// Leaves out known findings. Says how many there are, and, where everything was linted (`is_whole`), how many are
    /// known that do not exist any more.
    pub(super) fn leave_out(
        &self,
        scene: &Scene<'_>,
        findings: Vec<Finding>,
        is_whole: bool,
    ) -> (Vec<Finding>, Vec<String>) {
        if self.0.iter().all(|one| one.baseline.is_none()) {
            return (findings, Vec::new());
        }
        let mut remarks = Vec::new();
        let mut new = Vec::new();
        let mut by_config = divide(&scene.settings, &scene.files, findings);
        for (number, findings) in by_config.iter_mut().enumerate() {
            let findings = std::mem::take(findings);
            let Some((path, baseline)) = self.0.get(number).and_then(|one| Some((&one.path, one.baseline.as_ref()?)))
            else {
                new.extend(findings);
                continue;
            };
            let divided = baseline.divide(findings);
            let plural = |count: usize| format!("{count} known finding{}", if count == 1 { "" } else { "s" });
            if divided.known > 0 {
                let verb = if divided.known == 1 { "is" } else { "are" };
                remarks.push(format!("{} of {} {verb} not shown", plural(divided.known), shown(path)));
            }
            if is_whole && divided.gone > 0 && covers(scene, &root_of(scene.settings.get(number))) {
                let (verb, them) = if divided.gone == 1 { ("is", "it") } else { ("are", "them") };
                remarks.push(format!(
                    "{} of {} {verb} gone: `sprag lint --write-baseline` removes {them}",
                    plural(divided.gone),
                    shown(path)
                ));
            }
            new.extend(divided.new);
        }
        if by_config.len() > 1 {
            new.sort_by(|a, b| {
                a.place.path.cmp(&b.place.path).then_with(|| {
                    let of = |finding: &Finding| (finding.place.start.offset, finding.place.end.offset);
                    (of(a), &a.lint, &a.message).cmp(&(of(b), &b.lint, &b.message))
                })
            });
        }
        (new, remarks)
    }
}

/// Writes the baselines of `findings`, which must be all there are. Returns what was written.
pub(super) fn write(scene: &Scene<'_>, findings: Vec<Finding>) -> Result<Vec<String>, String> {
    let by_config = divide(&scene.settings, &scene.files, findings);
    let mut written = Vec::new();
    for (number, findings) in by_config.iter().enumerate() {
        let governed = scene.settings.get(number);
        let path = path_of(governed);
        if findings.is_empty() && !path.exists() {
            continue;
        }
        if !covers(scene, &root_of(governed)) {
            let directory = shown(&root_of(governed));
            return Err(format!("--write-baseline needs all that {} governs: run it on `{directory}`", shown(&path)));
        }
        let baseline = Baseline::of(findings, &scene.files);
        let text = baseline.text().map_err(|error| error.to_string())?;
        replace(&path, text.as_bytes())
            .map_err(|error| format!("{}: not written: {}", shown(&path), explain(&error)))?;
        let plural = if baseline.len() == 1 { "" } else { "s" };
        written.push(format!("wrote {} finding{plural} to {}", baseline.len(), shown(&path)));
    }
    Ok(written)
}

/// The findings of each configuration.
fn divide(settings: &Settings<'_>, files: &Files, findings: Vec<Finding>) -> Vec<Vec<Finding>> {
    let mut by_config: Vec<Vec<Finding>> = settings.all().iter().map(|_| Vec::new()).collect();
    for finding in findings {
        let number = files.get(finding.place.file).map_or(0, |file| settings.governing(&file.path));
        by_config[number].push(finding);
    }
    by_config
}

fn covers(scene: &Scene<'_>, directory: &Path) -> bool {
    !scene.inventory.focused && scene.inventory.roots.iter().any(|root| directory.starts_with(root))
}

fn path_of(governed: &Governed) -> PathBuf {
    let named = governed.policy.config.lint.baseline.as_ref().map_or(FILE, |named| named.value.as_str());
    root_of(governed).join(named)
}

/// The directory of the configuration; without one, the root of the repository.
fn root_of(governed: &Governed) -> PathBuf {
    let directory = governed.directory.clone();
    if governed.file.is_some() { directory } else { discover::repository_root(&directory).unwrap_or(directory) }
}

/// A path as people know it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|path| path.canonicalize()).unwrap_or_default();
    match path.strip_prefix(&here) {
        Ok(inner) if inner.as_os_str().is_empty() => ".".to_owned(),
        Ok(inner) => inner.display().to_string(),
        Err(_) => path.display().to_string(),
    }
}
