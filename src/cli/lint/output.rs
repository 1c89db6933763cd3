//! Where the findings go: the chosen format, to standard output or into a file.

use crate::cli::args::{Format, LintArgs};
use crate::cli::terminal;
use crate::cli::write::{explain, replace};
use crate::report::{self, Options, Report};

/// How the findings look where they go: a file has no terminal.
pub(super) fn options(args: &LintArgs) -> Options {
    let options = terminal::options();
    if args.output_file.is_none() {
        return options;
    }
    Options { color: false, hyperlinks: false, width: 100, ..options }
}

/// Writes the findings; to standard error where standard output has the fixed text of standard input (`is_taken`).
pub(super) fn write(args: &LintArgs, report: &Report<'_>, is_taken: bool) -> Result<(), String> {
    let mut text = Vec::new();
    let written = match (args.statistics, args.format) {
        (true, _) => report::statistics::write(&mut text, report),
        (_, Format::Full) => report::full::write(&mut text, report),
        (_, Format::Concise) => report::concise::write(&mut text, report),
        (_, Format::Json) => report::json::write(&mut text, report),
        (_, Format::Sarif) => report::sarif::write(&mut text, report),
        (_, Format::Github) => report::github::write(&mut text, report),
        (_, Format::Gitlab) => report::gitlab::write(&mut text, report),
        (_, Format::Junit) => report::junit::write(&mut text, report),
    };
    match &args.output_file {
        None if is_taken => {
            terminal::write_stderr(&text);
            written.map_err(|error| format!("standard error: {error}"))
        }
        None => {
            written.and_then(|()| terminal::write_stdout(&text)).map_err(|error| format!("standard output: {error}"))
        }
        Some(path) => written
            .and_then(|()| replace(path, &text))
            .map_err(|error| format!("--output-file {}: {}", path.display(), explain(&error))),
    }
}
