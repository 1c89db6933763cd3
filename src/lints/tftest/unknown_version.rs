//! See `lints/tftest/unknown-version/README.md`.

use crate::linter::{Check, Reporter, Repository};

pub(crate) const CHECK: Check = Check::Repository(check);

fn check(repository: &Repository<'_>, out: &mut Reporter<'_>) {
    let Some(releases) = &repository.releases else { return };
    for run in repository.modules.iter().flat_map(|module| &module.regression) {
        // Of several versions in a comment one is that of the fix; others may be those of other programs.
        if run.versions.iter().any(|(version, _)| releases.may_have(version)) {
            continue;
        }
        let Some((version, location)) = run.versions.first() else { continue };
        let newest = releases.newest().map(|newest| format!("; the newest release is {newest}")).unwrap_or_default();
        let message = format!("neither the changelog nor a tag knows the version `{version}`");
        let help = format!("name the release that has the fix, or the one that comes next{newest}");
        out.report(out.finding(*location, message).help(help));
    }
}
