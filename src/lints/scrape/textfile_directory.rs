//! See `lints/scrape/textfile-directory/README.md`.

use globset::Glob;

use crate::diagnostic::{Diagnostic, Location};
use crate::linter::{Check, Monitoring, Reporter};
use crate::prometheus::deployment::{TextfileDirectory, WrittenDirectory};
use crate::suggest;

pub(crate) const CHECK: Check = Check::Monitoring(check);

/// How many places a finding names besides its own.
const MOST_LABELS: usize = 3;

fn check(monitoring: &Monitoring<'_>, out: &mut Reporter<'_>) {
    let deployment = monitoring.world.deployment();
    let known = deployment.textfile_directories();
    if !monitoring.is_whole || known.may_be_more {
        return;
    }
    let mut written = deployment.textfiles.written();
    let metrics = monitoring.config.drift.metrics.directory.as_ref();
    written.extend(metrics.and_then(|directory| {
        let paths = vec![directory.value.trim_end_matches('/').to_owned()];
        Some(WrittenDirectory { paths, location: directory.location()? })
    }));
    let unread: Vec<&WrittenDirectory> =
        written.iter().filter(|one| !known.read.iter().any(|read| reads(read, one))).collect();
    if unread.is_empty() {
        return;
    }
    // A reader to which nobody writes is the one that is wrong.
    let idle = known.read.iter().find(|read| !read.is_default && !written.iter().any(|one| reads(read, one)));
    if let Some(read) = idle {
        let list = suggest::quote_all(paths(&unread));
        let message = format!("node-exporter reads `{}`, what is written goes to {list}", read.path);
        let finding = out.finding(read.location, message).help("let it read the directory that is written to");
        return out.report(with_labels(finding, unread.iter().map(|one| (one.location, "written here"))));
    }
    for path in paths(&unread) {
        let places: Vec<&&WrittenDirectory> = unread.iter().filter(|one| one.paths[0] == path).collect();
        let Some((first, others)) = places.split_first() else { continue };
        let message = format!("`{path}` is written, and no node-exporter reads it");
        let finding = out.finding(first.location, message).subject(path);
        let finding = finding.help(match known.read.as_slice() {
            [] => "start node-exporter with `--collector.textfile.directory`".to_owned(),
            read => format!("node-exporter reads {}", suggest::quote_all(read.iter().map(|read| read.path.as_str()))),
        });
        let others = others.iter().map(|one| (one.location, "and here"));
        let readers = known.read.iter().map(|read| (read.location, "read here"));
        out.report(with_labels(finding, others.chain(readers)));
    }
}

/// Whether one of the directories that may be written is the one that is read; that may be a pattern.
fn reads(read: &TextfileDirectory, written: &WrittenDirectory) -> bool {
    let path = read.path.trim_end_matches('/');
    let is_same = |one: &String| match Glob::new(path) {
        Ok(glob) if path.contains(['*', '?', '[']) => glob.compile_matcher().is_match(one),
        _ => one == path,
    };
    written.paths.iter().any(is_same)
}

/// The directories, each once.
fn paths<'w>(written: &[&'w WrittenDirectory]) -> Vec<&'w str> {
    let mut paths: Vec<&str> = written.iter().filter_map(|one| one.paths.first()).map(String::as_str).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

fn with_labels(finding: Diagnostic, places: impl Iterator<Item = (Location, &'static str)>) -> Diagnostic {
    places.take(MOST_LABELS).fold(finding, |finding, (place, message)| finding.label(place, message))
}
