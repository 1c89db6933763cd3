//! `sprag init`: looks at a repository and writes a `.sprag.hcl` for it, once. Prints what it found.

mod survey;
mod text;
mod tflint;

use std::path::Path;

use super::args::InitArgs;
use super::files::why_unreadable;
use super::write::create;
use super::{Exit, terminal};
use crate::config::FILE_NAME;
use crate::discover;
use survey::Survey;
use tflint::Choices;

pub(super) fn run(args: &InitArgs) -> Exit {
    match init(&args.directory)
        .and_then(|told| terminal::write_stdout(told.as_bytes()).map_err(|error| format!("standard output: {error}")))
    {
        Ok(()) => Exit::Clean,
        Err(message) => {
            terminal::complain(&message);
            Exit::Failed
        }
    }
}

/// The `drift` block that fits what is below `directory`; nothing where there is no root module.
#[cfg(feature = "drift")]
pub(super) fn suggest_environments(directory: &Path) -> Option<String> {
    let real = directory.canonicalize().ok()?;
    let roots = Survey::of(&real, directory).roots;
    (!roots.is_empty()).then(|| text::environments(&roots))
}

/// Writes the file; returns what to tell.
fn init(directory: &Path) -> Result<String, String> {
    let real = directory.canonicalize();
    let real = real.map_err(|error| format!("{}: {}", directory.display(), why_unreadable(&error)))?;
    if !real.is_dir() {
        return Err(format!("{} is no directory; name the one to write {FILE_NAME} into", directory.display()));
    }
    if let Some(known) = discover::nearest_config(&real) {
        return Err(format!(
            "{} is there already and stays as it is; `sprag config` prints what it says",
            known.display()
        ));
    }
    let survey = Survey::of(&real, directory);
    if survey.is_empty() {
        return Err(format!(
            "{} has no Terraform files, no tests and no Prometheus rule files; start sprag init at the root of the repository",
            directory.display()
        ));
    }
    let choices = Choices::read(&real)?;
    let path = directory.join(FILE_NAME);
    create(&path, &text::configuration(&survey, choices.as_ref()))?;
    let shown = path.strip_prefix(".").unwrap_or(&path).display().to_string();
    Ok(text::told(&shown, &survey, choices.as_ref()))
}
