//! What the terminal can do, and writing to it.

use std::io::{self, IsTerminal, Write};

use crate::report::Options;

/// How people's output looks on this standard output.
pub(super) fn options() -> Options {
    let stdout = io::stdout();
    let terminal = stdout.is_terminal();
    let color = wants_color(terminal);
    let width = if terminal { width() } else { None };
    Options {
        color,
        width: width.unwrap_or(100).max(40),
        unicode: unicode(),
        hyperlinks: terminal && color && supports_hyperlinks(),
        ..Options::default()
    }
}

/// Whether standard error takes colours.
pub(super) fn color_on_stderr() -> bool {
    wants_color(io::stderr().is_terminal())
}

/// When the help is coloured, which goes to one stream or the other.
pub(super) fn color_of_help() -> clap::ColorChoice {
    match (wants_color(io::stdout().is_terminal()), color_on_stderr()) {
        (true, true) => clap::ColorChoice::Always,
        (false, false) => clap::ColorChoice::Never,
        _ => clap::ColorChoice::Auto,
    }
}

/// Whether a stream takes colours: <https://no-color.org> and <https://bixense.com/clicolors>.
fn wants_color(is_terminal: bool) -> bool {
    let value = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if value("NO_COLOR").is_some() {
        return false;
    }
    if value("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    let refused =
        value("CLICOLOR").is_some_and(|value| value == "0") || value("TERM").is_some_and(|value| value == "dumb");
    is_terminal && !refused
}

/// The columns of the terminal that standard output is; nothing where it is none.
pub(super) fn columns() -> Option<usize> {
    io::stdout().is_terminal().then(width).flatten()
}

fn width() -> Option<usize> {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.or_else(|| terminal_size::terminal_size().map(|(terminal_size::Width(columns), _)| usize::from(columns)))
}

/// Box characters need a UTF-8 locale; where nothing is said, as in many containers, they are taken to work.
fn unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    match locale {
        Some(locale) => !matches!(locale.as_str(), "C" | "POSIX") && !locale.to_lowercase().contains("iso-8859"),
        None => true,
    }
}

/// Terminals known to open OSC 8 links; others print rubbish or nothing.
fn supports_hyperlinks() -> bool {
    supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout)
}

/// Writes to standard output in one piece. A reader that went away (`| head`) is no error.
///
/// # Errors
/// When standard output cannot take the text, for example because the disk is full.
pub(super) fn write_stdout(text: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes to standard error. If that fails nobody is left to be told.
pub(super) fn write_stderr(text: &[u8]) {
    let _ = io::stderr().lock().write_all(text);
}

/// Says why the command could not run.
pub(super) fn complain(message: &str) {
    write_stderr(format!("sprag: {message}\n").as_bytes());
}
