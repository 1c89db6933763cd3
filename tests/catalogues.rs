//! The bundled catalogues: `src/prometheus/catalogue/exporters.txt` is made from the dumps in the folders below
//! `exporters/` by `SPRAG_UPDATE=1 cargo test --test catalogues`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::{Path, PathBuf};

use sprag::prometheus::catalogue::{Builder, Catalogue, Catalogues, encode};

fn data() -> PathBuf {
    common::root().join("src/prometheus/catalogue")
}

/// The files of a directory, sorted.
fn entries(directory: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

/// An exporter's catalogue, made from its folder: `facts.prom` first, then dumps in order of names.
fn build(folder: &Path) -> (Catalogue, Vec<String>) {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let mut builder = Builder::new(name);
    let mut problems = Vec::new();
    let mut files = entries(folder);
    files.sort_by_key(|file| !file.ends_with("facts.prom"));
    for file in files {
        let source = std::fs::read(&file).unwrap();
        for mistake in builder.add(&source) {
            let line = source[..mistake.span.start as usize].split(|byte| *byte == b'\n').count();
            problems.push(format!("{}:{line}: {}", file.display(), mistake.message));
        }
    }
    problems.extend(builder.unused().into_iter().map(|message| format!("{name}: {message}")));
    (builder.finish(), problems)
}

fn folders() -> Vec<PathBuf> {
    entries(&data().join("exporters"))
}

#[test]
fn the_compact_form_is_made_from_the_dumps() {
    let text: String = folders().iter().map(|folder| encode(&build(folder).0)).collect();
    common::assert_file(&data().join("exporters.txt"), &text);
}

#[test]
fn dumps_have_no_mistakes() {
    let problems: Vec<String> = folders().iter().flat_map(|folder| build(folder).1).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn what_is_decoded_is_what_was_built() {
    let bundled = Catalogues::bundled();
    for (folder, decoded) in folders().iter().zip(bundled.iter()) {
        let (built, _) = build(folder);
        assert_eq!(built.exporter, decoded.exporter);
        assert_eq!(built.metrics(), decoded.metrics());
    }
}

/// What sprag itself writes follows its own types.
#[cfg(feature = "drift")]
#[test]
fn metrics_of_drift_are_known_whole() {
    use sprag::drift::{ErrorKind, Verdict};
    use sprag::prometheus::catalogue::Values;

    let catalogues = Catalogues::bundled();
    let values = |series: &str, label: &str| match &catalogues.lookup(series)[0].label(label).unwrap().values {
        Values::Closed(values) => values.iter().map(ToString::to_string).collect::<Vec<_>>(),
        Values::Open => panic!("{label} of {series} is open"),
    };
    let mut verdicts = Verdict::ALL.map(Verdict::as_str);
    verdicts.sort_unstable();
    assert_eq!(values("sprag_drift_state", "state"), verdicts);
    let mut kinds = ErrorKind::ALL.map(ErrorKind::as_str);
    kinds.sort_unstable();
    assert_eq!(values("sprag_drift_error", "kind"), kinds);
}
