//! The resolved configuration as text of its own language, with a comment beside each value that says where it comes
//! from. What is printed reads back as an equal configuration.

mod writer;

pub(crate) use self::writer::quote;
use self::writer::{Writer, literal};
use super::alerts::Alerts;
use super::drift::{Credentials, Drift, Environment, GuestIgnore, IgnoreRule, Inventory, Notify};
use super::duration::format_duration;
use super::lint::{LintSettings, Rules};
use super::{Config, Regression};
use crate::diagnostic::Location;

/// Prints `config`. `place` names a place as the user knows it, such as `.sprag.hcl:12`.
#[must_use]
pub fn render(config: &Config, place: &dyn Fn(Location) -> String) -> String {
    let mut out = Writer::new(place);
    out.list("schemas", &config.schemas, |text| quote(text));
    out.block("lint", |out| write_lint(&config.lint, out));
    out.block("terraform", |out| {
        out.optional("version", config.terraform_version.as_ref(), |version| quote(&version.0));
    });
    out.block("regression", |out| write_regression(&config.regression, out));
    for one in &config.overrides {
        out.block("override", |out| {
            out.list("paths", &one.paths, |glob| quote(&glob.0));
            write_rules(&one.rules, out);
        });
    }
    out.block("alerts", |out| write_alerts(&config.alerts, out));
    out.block("drift", |out| write_drift(&config.drift, out));
    for invariant in &config.invariants {
        out.verbatim(&invariant.text);
    }
    out.finish()
}

fn write_lint(lint: &LintSettings, out: &mut Writer<'_>) {
    out.list("exclude", &lint.exclude, |glob| quote(&glob.0));
    write_rules(&lint.rules, out);
    out.optional("baseline", lint.baseline.as_ref(), |path| quote(path));
    out.map(
        "inputs",
        &lint.inputs,
        |name| quote(&name.0),
        |inputs| {
            let entries = inputs.0.iter().map(|entry| format!("{} = {}", quote(&entry.key), literal(&entry.value)));
            writer::braces(entries)
        },
    );
}

fn write_rules(rules: &Rules, out: &mut Writer<'_>) {
    out.list("enable", &rules.enable, |selector| quote(selector.as_str()));
    out.list("ignore", &rules.ignore, |selector| quote(selector.as_str()));
    out.map("severity", &rules.severity, |selector| quote(selector.as_str()), |severity| quote(severity.as_str()));
}

fn write_regression(regression: &Regression, out: &mut Writer<'_>) {
    out.optional("file", regression.file.as_ref(), |path| quote(path));
    out.value("version", &regression.version, |pattern| quote(pattern.as_str()));
    out.value("changelog", &regression.changelog, |path| quote(path));
}

fn write_alerts(alerts: &Alerts, out: &mut Writer<'_>) {
    out.optional("prometheus", alerts.prometheus.as_ref(), |release| quote(&release.to_string()));
    out.optional("minimum", alerts.minimum.as_ref(), u32::to_string);
    out.list("severities", &alerts.severities, |severity| quote(severity));
    out.map(
        "domains",
        &alerts.domains,
        |name| quote(name),
        |patterns| {
            let quoted: Vec<String> = patterns.iter().map(|pattern| quote(&pattern.0)).collect();
            format!("[{}]", quoted.join(", "))
        },
    );
    out.list("scrape", &alerts.scrape, |path| quote(path));
    for alert in &alerts.require {
        out.block(&format!("require {}", quote(&alert.name)), |out| {
            out.optional("severity", alert.severity.as_ref(), |severity| quote(severity));
            out.optional("for", alert.for_.as_ref(), |time| quote(&format_duration(*time)));
            out.keep();
        });
    }
    for exporter in &alerts.exporters {
        out.block(&format!("exporter {}", quote(&exporter.name.0)), |out| {
            out.optional("version", exporter.version.as_ref(), |version| quote(&version.0));
            out.list("collectors", &exporter.collectors, |name| quote(name));
            out.optional("image", exporter.image.as_ref(), |image| quote(image));
            out.keep();
        });
    }
    for catalogue in &alerts.catalogues {
        out.block(&format!("catalogue {}", quote(&catalogue.name.0)), |out| {
            out.value("file", &catalogue.file, |path| quote(path));
        });
    }
}

fn write_drift(drift: &Drift, out: &mut Writer<'_>) {
    for environment in &drift.environments {
        let head = format!("environment {}", quote(&environment.name.0));
        out.block(&head, |out| write_environment(environment, out));
    }
    match drift.notify.as_ref().map(|notify| &notify.value) {
        Some(Notify::Metrics) => out.block("notify \"metrics\"", Writer::keep),
        Some(Notify::Alertmanager(service)) => out.block("notify \"alertmanager\"", |out| {
            out.value("url", &service.url, |url| quote(&url.text));
            out.optional("ca", service.ca.as_ref(), |path| quote(path));
            match &service.credentials {
                Some(Credentials::Basic(path)) => out.value("basic_auth_file", path, |path| quote(path)),
                Some(Credentials::Bearer(path)) => out.value("bearer_file", path, |path| quote(path)),
                None => {}
            }
        }),
        None => {}
    }
    out.block("history", |out| {
        out.value("keep", &drift.history.keep, |time| quote(&format_duration(*time)));
        out.optional("path", drift.history.path.as_ref(), |path| quote(path));
    });
    out.block("metrics", |out| {
        out.optional("directory", drift.metrics.directory.as_ref(), |path| quote(path));
        out.optional("compatibility", drift.metrics.compatibility.as_ref(), |names| quote(names.as_str()));
    });
    out.block("report", |out| out.optional("directory", drift.report_directory.as_ref(), |path| quote(path)));
    if let Some(inventory) = &drift.inventory {
        out.block("inventory \"proxmox\"", |out| write_inventory(inventory, out));
    }
}

fn write_environment(environment: &Environment, out: &mut Writer<'_>) {
    out.value("directory", &environment.directory, |path| quote(path));
    out.value("schedule", &environment.schedule, |schedule| quote(&schedule.0));
    out.value("interval", &environment.interval, |time| quote(&format_duration(*time)));
    out.value("timeout", &environment.timeout, |time| quote(&format_duration(*time)));
    out.list("reach", &environment.reach, |reach| quote(&reach.0.text));
    out.optional("ca", environment.ca.as_ref(), |path| quote(path));
    out.list("var_files", &environment.var_files, |path| quote(path));
    out.list("backend_config", &environment.backend_config, |path| quote(path));
    out.list("env_files", &environment.env_files, |path| quote(path));
    out.value("binary", &environment.binary, |path| quote(path));
    out.optional("workspace", environment.workspace.as_ref(), |name| quote(name));
    out.value("lock", &environment.lock, bool::to_string);
    out.value("lock_timeout", &environment.lock_timeout, |time| quote(&format_duration(*time)));
    out.optional("update", environment.update.as_ref(), |update| quote(update.as_str()));
    for rule in &environment.ignore {
        out.block("ignore", |out| write_ignore(rule, out));
    }
}

fn write_ignore(rule: &IgnoreRule, out: &mut Writer<'_>) {
    out.value("resource", &rule.resource, |pattern| quote(&pattern.0));
    out.optional("attribute", rule.attribute.as_ref(), |pattern| quote(&pattern.0));
    out.value("reason", &rule.reason, |text| quote(text));
    out.optional("until", rule.until.as_ref(), |date| quote(&date.to_string()));
}

fn write_inventory(inventory: &Inventory, out: &mut Writer<'_>) {
    out.value("endpoint", &inventory.endpoint, |url| quote(&url.text));
    out.value("token_file", &inventory.token_file, |path| quote(path));
    out.optional("ca", inventory.ca.as_ref(), |path| quote(path));
    for rule in &inventory.ignore {
        out.block("ignore", |out| write_guest_ignore(rule, out));
    }
}

fn write_guest_ignore(rule: &GuestIgnore, out: &mut Writer<'_>) {
    out.optional("vmid", rule.vmid.as_ref(), u32::to_string);
    out.optional("name", rule.name.as_ref(), |pattern| quote(&pattern.0));
    out.optional("tag", rule.tag.as_ref(), |tag| quote(tag));
    out.optional("pool", rule.pool.as_ref(), |pool| quote(pool));
    out.optional("template", rule.template.as_ref(), bool::to_string);
    out.value("reason", &rule.reason, |text| quote(text));
    out.optional("until", rule.until.as_ref(), |date| quote(&date.to_string()));
}
