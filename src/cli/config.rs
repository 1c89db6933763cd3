//! `sprag config`: the configuration that holds for a path, with the source of every value.

use std::path::Path;

use super::args::ConfigArgs;
use super::files::{read_limited, why_unreadable};
use super::lint::check_inputs;
use super::{Exit, terminal};
use crate::config::{Config, InvariantBlock, parse_invariants, render};
use crate::diagnostic::{FileId, Location, Severity};
use crate::discover;
use crate::lints::LINTS;
use crate::source::LineIndex;

pub(super) fn run(args: &ConfigArgs) -> Exit {
    match print(args) {
        Ok(()) => Exit::Clean,
        Err(message) => {
            terminal::complain(&message);
            Exit::Failed
        }
    }
}

fn print(args: &ConfigArgs) -> Result<(), String> {
    let start = args.path.canonicalize();
    let start = start.map_err(|error| format!("{}: {}", args.path.display(), why_unreadable(&error)))?;
    let path = args.config.clone().or_else(|| discover::nearest_config(&discover::directory_of(&start)));
    let Some(path) = path else {
        let text = format!(
            "# no .sprag.hcl here or above: built-in defaults\n{}",
            render(&Config::default(), &|_| String::new())
        );
        return terminal::write_stdout(text.as_bytes()).map_err(|error| format!("standard output: {error}"));
    };
    let text = read_limited(&path).map_err(|message| format!("{}: {message}", path.display()))?;
    let ids: Vec<&str> = LINTS.iter().map(|lint| lint.id).collect();
    let (config, mut mistakes) = Config::parse(&text, FileId(0), &ids);
    let beside = invariants_beside(&path);
    mistakes.extend(check_inputs(&config, &beside));
    let index = LineIndex::new(&text);
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    let shown = path.strip_prefix(&here).unwrap_or(&path).display().to_string();
    let place = |location: Location| format!("{shown}:{}", index.position(&text, location.span.start).line);
    for mistake in &mistakes {
        let help = mistake.help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
        terminal::complain(&format!("{}: {}: {}{help}", place(mistake.location), mistake.severity, mistake.message));
    }
    if mistakes.iter().any(|mistake| mistake.severity == Severity::Error) {
        return Err(format!("{shown} has mistakes; nothing is printed"));
    }
    terminal::write_stdout(render(&config, &place).as_bytes()).map_err(|error| format!("standard output: {error}"))
}

/// The invariants in files beside the configuration at `path`.
fn invariants_beside(path: &Path) -> Vec<InvariantBlock> {
    let files = discover::invariants_beside(&discover::directory_of(path));
    let texts = files.iter().filter_map(|path| read_limited(path).ok());
    texts.flat_map(|text| parse_invariants(&text, FileId(1)).0).collect()
}
