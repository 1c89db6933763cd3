//! See `lints/tftest/uncovered-invariant/README.md`.

use crate::linter::{Check, Guard, Reporter, Repository};
use crate::terraform::{ModuleKind, RegressionRun};

pub(crate) const CHECK: Check = Check::Repository(check);

fn check(repository: &Repository<'_>, out: &mut Reporter<'_>) {
    let file = super::regression_file(repository.config);
    for (module, guard) in &repository.guards {
        let Some(first) = module.first_block else { continue };
        if module.kind != ModuleKind::Child || !module.is_complete {
            continue;
        }
        // Without the file that is what is missing, and another lint's.
        if !module.tests.iter().any(|test| test == file) {
            continue;
        }
        if module.regression.iter().any(|run| covers(run, guard)) {
            continue;
        }
        // Nothing can be asked of a run where neither version nor names are known.
        if guard.fixed_in.is_none() && guard.names.is_empty() {
            continue;
        }
        let version = guard.fixed_in.as_ref().map(|version| format!(" that names {version}")).unwrap_or_default();
        let message =
            format!("no run of `{file}`{version} tests what `{}` guards in module `{}`", guard.lint, module.path);
        let names: Vec<&str> = guard.names.iter().map(String::as_str).collect();
        let what = if names.is_empty() { String::new() } else { format!(" that asserts on {}", either(&names)) };
        let above =
            guard.fixed_in.as_ref().map(|version| format!(", under a comment with {version}")).unwrap_or_default();
        let mut finding = out
            .finding(first, message)
            .help(format!("add a run{what}{above}"))
            .subject(format!("{} {}", module.key, guard.lint));
        if let Some(location) = guard.location {
            finding = finding.label(location, "the invariant");
        }
        out.report(finding);
    }
}

fn covers(run: &RegressionRun, guard: &Guard) -> bool {
    let names_version = |version: &String| run.versions.iter().any(|(named, _)| is_same(named, version));
    guard.fixed_in.as_ref().is_none_or(names_version)
        && (guard.names.is_empty() || guard.names.iter().any(|name| run.names.contains(name)))
}

/// `0.7.2` is `v0.7.2`.
fn is_same(one: &str, other: &str) -> bool {
    one.trim_start_matches(['v', 'V']) == other.trim_start_matches(['v', 'V'])
}

fn either(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    shown.join(" or ")
}
