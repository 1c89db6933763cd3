//! `sprag catalogue`: dumps of an exporter in, its catalogue out. A dump with mistakes gives none: half a catalogue
//! would call metrics unknown that are there.

use std::fmt::Write;
use std::io::Read;
use std::path::Path;

use super::args::CatalogueArgs;
use super::files::{MAX_FILE_SIZE, read_limited};
use super::{Exit, terminal};
use crate::prometheus::catalogue::{Builder, Mistake};
use crate::source::LineIndex;

/// Of a file that is no dump every line is wrong.
const MOST_MISTAKES: usize = 10;

pub(super) fn run(args: &CatalogueArgs) -> Exit {
    match make(args)
        .and_then(|text| terminal::write_stdout(text.as_bytes()).map_err(|error| format!("standard output: {error}")))
    {
        Ok(()) => Exit::Clean,
        Err(message) => {
            terminal::complain(&message);
            Exit::Failed
        }
    }
}

fn make(args: &CatalogueArgs) -> Result<String, String> {
    let first = args.files.first().map_or("", |file| file.file_stem().and_then(|stem| stem.to_str()).unwrap_or(""));
    let mut builder = Builder::new(if first == "-" { "exporter" } else { first });
    let mut has_mistakes = false;
    for path in &args.files {
        let text = read(path)?;
        let mistakes = builder.add_version(&text, args.of_version.as_deref());
        has_mistakes |= !mistakes.is_empty();
        let shown = if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() };
        tell(&shown, &text, &mistakes);
    }
    if let Some(name) = &args.name {
        builder.rename(name);
    }
    if has_mistakes {
        return Err("no catalogue is made of dumps with mistakes".to_owned());
    }
    for unused in builder.unused() {
        terminal::complain(&format!("note: {unused}"));
    }
    let about = builder.about().to_vec();
    let catalogue = builder.finish();
    if catalogue.metrics().is_empty() {
        let files: Vec<String> = args.files.iter().map(|path| format!("`{}`", path.display())).collect();
        let hint = "get a dump with `curl http://HOST:PORT/metrics`";
        return Err(format!("there are no metrics in {}; {hint}", files.join(", ")));
    }
    Ok(catalogue.render(&about))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    if path.as_os_str() != "-" {
        return read_limited(path).map_err(|message| format!("{}: {message}", path.display()));
    }
    let mut text = Vec::new();
    let read = std::io::stdin().lock().take(MAX_FILE_SIZE + 1).read_to_end(&mut text);
    read.map_err(|error| format!("standard input: {error}"))?;
    if text.len() as u64 > MAX_FILE_SIZE {
        return Err(format!("standard input: larger than {} MiB", MAX_FILE_SIZE >> 20));
    }
    Ok(text)
}

/// Says what is wrong: file, line, column, and what was expected.
fn tell(path: &str, text: &[u8], mistakes: &[Mistake]) {
    let index = LineIndex::new(text);
    for mistake in mistakes.iter().take(MOST_MISTAKES) {
        let start = index.position(text, mistake.span.start);
        let mut line = format!("{path}:{}:{}: {}", start.line, start.column, mistake.message);
        if let Some(help) = &mistake.help {
            let _ = write!(line, " ({help})");
        }
        terminal::complain(&line);
    }
    if mistakes.len() > MOST_MISTAKES {
        terminal::complain(&format!("{path}: {} mistakes more", mistakes.len() - MOST_MISTAKES));
    }
}
