//! The project's own rules: layers import downwards only, swappable crates have one importer, IO stays at the edges.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::{Path, PathBuf};

use regex::Regex;

/// Each layer may import itself, the ones listed with it, and what those may import.
const LAYERS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("diagnostic", &["source"]),
    ("suggest", &[]),
    ("syntax", &["source", "suggest"]),
    ("terraform", &["source", "diagnostic", "syntax"]),
    ("prometheus", &["source", "diagnostic", "syntax", "suggest"]),
    ("config", &["source", "diagnostic", "syntax", "suggest", "prometheus"]),
    ("eval", &["source", "diagnostic", "syntax", "terraform", "suggest"]),
    ("invariant", &["source", "diagnostic", "syntax", "terraform", "config", "eval", "suggest"]),
    (
        "linter",
        &["source", "diagnostic", "syntax", "terraform", "prometheus", "config", "eval", "invariant", "suggest"],
    ),
    ("lints", &["source", "diagnostic", "syntax", "terraform", "prometheus", "config", "eval", "linter", "suggest"]),
    ("discover", &["diagnostic"]),
    ("report", &["source", "diagnostic", "linter"]),
    ("retry", &[]),
    ("shell", &[]),
    ("remote", &["retry"]),
    ("drift", &["config", "retry", "remote", "shell", "diagnostic", "source"]),
    (
        "cli",
        &[
            "source",
            "diagnostic",
            "syntax",
            "terraform",
            "prometheus",
            "config",
            "linter",
            "lints",
            "discover",
            "report",
            "suggest",
            "retry",
            "shell",
            "drift",
            "remote",
            "eval",
            "invariant",
        ],
    ),
    ("lib", &[]),
    ("main", &["cli"]),
];

/// Crates that could be swapped, and the one file or module that imports each.
const ONE_IMPORTER: &[(&str, &str)] = &[
    ("miette", "src/report/full.rs"),
    ("granit_parser", "src/syntax/yaml/events.rs"),
    ("ignore", "src/discover/ignores.rs"),
    ("rusqlite", "src/drift/history"),
    ("similar", "src/cli/lint/diff.rs"),
    ("signal_hook::(consts|iterator)", "src/retry/process.rs"),
    ("ureq", "src/remote/http.rs"),
    ("rustls", "src/remote/http.rs"),
];

/// Layers that may touch files, processes or the environment.
const MAY_DO_IO: &[&str] = &["discover", "cli", "drift", "remote", "retry", "main"];

fn sources() -> Vec<(PathBuf, String)> {
    let src = common::root().join("src");
    walkdir::WalkDir::new(src)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
        .map(|entry| {
            (
                entry.path().strip_prefix(common::root()).unwrap().to_path_buf(),
                std::fs::read_to_string(entry.path()).unwrap(),
            )
        })
        .collect()
}

fn layer(path: &Path) -> String {
    let part = path.components().nth(1).unwrap().as_os_str().to_string_lossy().into_owned();
    part.trim_end_matches(".rs").to_owned()
}

/// Without comments and unit tests, which may use anything.
fn code(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text);
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn is_test_file(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "tests.rs" || name == "fixture.rs")
}

#[test]
fn layers_import_downwards_only() {
    let import = Regex::new(r"\bcrate::([a-z_]+)").unwrap();
    let mut wrong = Vec::new();
    for (path, text) in sources().iter().filter(|(path, _)| !is_test_file(path)) {
        let own = layer(path);
        let (_, allowed) =
            LAYERS.iter().find(|(name, _)| *name == own).unwrap_or_else(|| panic!("unknown layer {own}"));
        for found in import.captures_iter(&code(text)) {
            let used = &found[1];
            if used != own && !allowed.contains(&used) {
                wrong.push(format!("{}: `{own}` imports `{used}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the layers:\n{}", wrong.join("\n"));
}

#[test]
fn swappable_crates_have_one_importer() {
    let sources: Vec<(PathBuf, String)> = sources().into_iter().map(|(path, text)| (path, code(&text))).collect();
    let mut wrong = Vec::new();
    for (name, only) in ONE_IMPORTER {
        let import = Regex::new(&format!(r"\b{name}::")).unwrap();
        for (path, code) in &sources {
            if !path.starts_with(only) && import.is_match(code) {
                wrong.push(format!("{} imports {name}; only {only} may", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn io_stays_at_the_edges() {
    let io =
        Regex::new(r"\bstd::(fs|env|process)\b|\b(Tcp|Udp|Unix)(Stream|Listener|Socket)\b|\bfs::(read|write|File)")
            .unwrap();
    let mut wrong = Vec::new();
    for (path, text) in sources().iter().filter(|(path, _)| !is_test_file(path)) {
        if !MAY_DO_IO.contains(&layer(path).as_str()) && io.is_match(&code(text)) {
            wrong.push(path.display().to_string());
        }
    }
    assert!(wrong.is_empty(), "files that may not do IO: {wrong:?}");
}

#[test]
fn every_module_says_what_it_is_for() {
    let generated = Path::new("src/lints/registry.rs");
    let silent: Vec<String> = sources()
        .iter()
        .filter(|(path, text)| path != generated && !is_test_file(path) && !text.starts_with("//! "))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "modules without a doc comment at the top: {silent:?}");
}

#[test]
fn lint_files_mirror_lint_folders() {
    let folders: Vec<String> = common::lint_folders().into_iter().map(|(id, _)| id.replace('-', "_")).collect();
    for (path, text) in sources().iter().filter(|(_, text)| text.contains("const CHECK: Check")) {
        let id = path.strip_prefix("src/lints").unwrap().with_extension("").to_string_lossy().replace('\\', "/");
        assert!(folders.contains(&id), "{} has no folder below lints/", path.display());
        assert!(
            text.contains(&format!("`lints/{}/README.md`", id.replace('_', "-"))),
            "{} names its page",
            path.display()
        );
    }
}
