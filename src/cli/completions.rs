//! `sprag completions` and `sprag man`: what shells and `man` want to know, made from the definition of the arguments.

use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Args;
use super::write::explain;
use super::{Exit, terminal};

/// Prints a shell's script.
pub(super) fn completions(shell: Shell) -> Exit {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "sprag", &mut text);
    finish(terminal::write_stdout(&text).map_err(|error| format!("standard output: {error}")))
}

/// Prints the manual page of `sprag`, or writes one for each command into a directory.
pub(super) fn man(directory: Option<&Path>) -> Exit {
    let Some(directory) = directory else {
        let mut text = Vec::new();
        let rendered = clap_mangen::Man::new(Args::command()).render(&mut text);
        return finish(
            rendered.and_then(|()| terminal::write_stdout(&text)).map_err(|error| format!("standard output: {error}")),
        );
    };
    let written = clap_mangen::generate_to(Args::command(), directory);
    finish(written.map_err(|error| format!("--dir {}: {}", directory.display(), explain(&error))))
}

fn finish(result: Result<(), String>) -> Exit {
    match result {
        Ok(()) => Exit::Clean,
        Err(message) => {
            terminal::complain(&message);
            Exit::Failed
        }
    }
}
