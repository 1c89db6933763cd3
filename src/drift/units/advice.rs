//! What will probably not work as the configuration says, although the units are right.

use super::Site;
use super::calendar::leaves_days_out;
use crate::config::Drift;

/// Directories that the services do not see (`ProtectHome=`) or see empty (`PrivateTmp=`).
const HIDDEN: [&str; 5] = ["/home", "/root", "/run/user", "/tmp", "/var/tmp"];

/// A sentence for each doubt.
#[must_use]
pub fn warnings(drift: &Drift, site: &Site<'_>) -> Vec<String> {
    let mut warnings = Vec::new();
    hidden(&mut warnings, site.binary, "copy it to /usr/local/bin and run it from there");
    hidden(&mut warnings, site.config, "move it, for example to /etc/sprag/sprag.hcl");
    if let Some(metrics) = &drift.metrics.directory {
        hidden(&mut warnings, &site.absolute(metrics), "set `metrics.directory` to another one");
    }
    for environment in &drift.environments {
        hidden(&mut warnings, &site.absolute(&environment.directory), "move the checkout, for example to /srv");
        if environment.binary.starts_with('/') {
            hidden(&mut warnings, &environment.binary, "install it, for example in /usr/local/bin");
        }
        let (name, schedule) = (&environment.name.0, &environment.schedule.0);
        if leaves_days_out(schedule) {
            warnings.push(format!(
                "environment `{name}`: the schedule `{schedule}` leaves days out; a change by hand can stay unseen for \
                 more than 24 hours"
            ));
        }
    }
    warnings
}

/// Warns, once for each path, that the services do not see it.
fn hidden(warnings: &mut Vec<String>, path: &str, remedy: &str) {
    let is_below = |directory: &&&str| path.strip_prefix(**directory).is_some_and(|rest| rest.starts_with('/'));
    if let Some(directory) = HIDDEN.iter().find(is_below) {
        let warning = format!("`{path}` is below {directory}, which the services cannot see: {remedy}");
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
}
