//! Reads and parses the files of one module.

use std::collections::HashSet;

use crate::cli::files::Files;
use crate::diagnostic::{Diagnostic, FileId};
use crate::discover::{Directory, FileKind, Member, Problem};
use crate::linter::syntax_diagnostics;
use crate::terraform::{Role, Source};

/// The files of a module, and what could not be read of it.
#[derive(Default)]
pub(in crate::cli) struct Loaded {
    pub(in crate::cli) sources: Vec<Source>,
    pub(in crate::cli) diagnostics: Vec<Diagnostic>,
    pub(in crate::cli) problems: Vec<Problem>,
}

/// Reads everything that `directory` holds.
pub(in crate::cli) fn load(directory: &Directory, files: &Files) -> Loaded {
    load_some(directory, files, |_| true)
}

/// Reads what `directory` holds but for tests.
pub(super) fn without_tests(directory: &Directory, files: &Files) -> Loaded {
    load_some(directory, files, |member| !matches!(member.kind, FileKind::Test | FileKind::TestJson))
}

fn load_some(directory: &Directory, files: &Files, is_wanted: impl Fn(&Member) -> bool) -> Loaded {
    let tofu: HashSet<&str> = directory.members.iter().filter_map(|member| tofu_stem(&member.name)).collect();
    let mut loaded = Loaded::default();
    for member in directory.members.iter().chain(&directory.tests).filter(|member| is_wanted(member)) {
        let text = match files.read(member.file) {
            Ok(text) => text,
            Err(problem) => {
                loaded.problems.push(problem);
                continue;
            }
        };
        let (name, role) = (member.name.clone(), role(member, &tofu));
        let source = match member.kind {
            FileKind::ConfigurationJson | FileKind::VariablesJson | FileKind::TestJson | FileKind::QueryJson => {
                Source::parse_json(member.file, name, role, &text)
            }
            _ => Source::parse(member.file, name, role, text),
        };
        loaded.diagnostics.extend(syntax_errors(&source, member));
        loaded.sources.push(source);
    }
    loaded
}

fn syntax_errors(source: &Source, member: &Member) -> Vec<Diagnostic> {
    let lint = if source.role == Role::Test { "tftest/syntax" } else { "terraform/syntax" };
    syntax_diagnostics(lint, member.file, &source.errors, |span| span)
}

/// `x` for `x.tofu` and `x.tofu.json`: OpenTofu reads these instead of `x.tf`.
fn tofu_stem(name: &str) -> Option<&str> {
    name.strip_suffix(".tofu").or_else(|| name.strip_suffix(".tofu.json"))
}

fn role(member: &Member, tofu: &HashSet<&str>) -> Role {
    match member.kind {
        FileKind::Test | FileKind::TestJson => Role::Test,
        FileKind::Variables | FileKind::VariablesJson => Role::Variables,
        FileKind::Query | FileKind::QueryJson => Role::Query,
        _ => {
            let stem = member.name.strip_suffix(".json").unwrap_or(&member.name);
            let (stem, suffix) = stem.rsplit_once('.').unwrap_or((stem, ""));
            if suffix == "tf" && tofu.contains(stem) {
                Role::Shadowed
            } else if stem == "override" || stem.ends_with("_override") {
                Role::Override
            } else {
                Role::Configuration
            }
        }
    }
}

/// The first file of a directory, where a failure of sprag itself is reported.
pub(super) fn anchor(directory: &Directory) -> FileId {
    directory.members.first().or(directory.tests.first()).map_or(FileId(0), |member| member.file)
}
