//! The configuration that `sprag init` writes, and what it tells.

use std::fmt::Write;

use super::survey::{REGRESSION_FILE, Survey};
use super::tflint::{self, Choices};

const HEAD: &str = "\
# What is special about this repository, for sprag. It can stay as it is: everything below has a default.
#
# A line that begins with `#` and no space is a suggestion: take the `#` away. `sprag config` prints what holds.
";

/// The whole file.
pub(super) fn configuration(survey: &Survey, choices: Option<&Choices>) -> String {
    let mut text = String::from(HEAD);
    policy(&mut text, survey);
    lint(&mut text, choices);
    regression(&mut text, survey);
    alerts(&mut text, survey);
    drift(&mut text, survey);
    text
}

fn policy(text: &mut String, survey: &Survey) {
    if survey.is_proxmox {
        text.push_str(
            "\n# House policy for a homelab on Proxmox: regression tests, complete alerts, conventions for guests.\n#preset = \"homelab\"\n",
        );
    }
}

fn lint(text: &mut String, choices: Option<&Choices>) {
    text.push_str("\nlint {\n");
    if let Some(choices) = choices {
        let _ = writeln!(text, "  # As {} had it.", tflint::FILE);
        list(text, "enable", &choices.enable);
        list(text, "ignore", &choices.ignore);
        if !choices.inputs.is_empty() {
            text.push_str("  inputs = {\n");
            for (lint, options) in &choices.inputs {
                let options: Vec<String> = options.iter().map(|(name, value)| format!("{name} = {value}")).collect();
                let _ = writeln!(text, "    {} = {{ {} }}", quoted(lint), options.join(", "));
            }
            text.push_str("  }\n");
        }
    }
    text.push_str("  # What is not linted at all; what Git ignores never is.\n  #exclude = [\"vendor/**\"]\n");
    text.push_str("  # Findings that are known and do not count; `sprag lint --write-baseline` writes them down.\n");
    text.push_str("  #baseline = \".sprag-baseline.json\"\n}\n");
}

/// `name = [ … ]`, a line per element; nothing for an empty list.
fn list(text: &mut String, name: &str, elements: &[String]) {
    if elements.is_empty() {
        return;
    }
    let _ = writeln!(text, "  {name} = [");
    for element in elements {
        let _ = writeln!(text, "    {},", quoted(element));
    }
    text.push_str("  ]\n");
}

fn regression(text: &mut String, survey: &Survey) {
    let (with, all) = (survey.with_regression, survey.children.len());
    if all == 0 {
        return;
    }
    let is_kept = with == all;
    let mark = if is_kept { "" } else { "#" };
    let _ = match (is_kept, with) {
        (true, _) => writeln!(text, "\n# Every module has regression tests, and a new one must have them too."),
        (_, 0) => writeln!(text, "\n# Demands of every module a test for each bug that was fixed in it."),
        _ => writeln!(text, "\n# {with} of {all} modules have regression tests; this demands them of all."),
    };
    let _ = writeln!(text, "{mark}regression {{\n{mark}  file      = {}", quoted(REGRESSION_FILE));
    let changelog = if survey.has_changelog { mark } else { "#" };
    let _ = writeln!(text, "{changelog}  changelog = \"CHANGELOG.md\"\n{mark}}}");
}

fn alerts(text: &mut String, survey: &Survey) {
    if survey.rule_files.is_empty() && survey.scrape.is_empty() {
        return;
    }
    text.push_str("\nalerts {\n");
    if !survey.scrape.is_empty() {
        text.push_str("  # Job names, target labels and relabelling.\n");
        list(text, "scrape", &survey.scrape);
    }
    if survey.alerts > 0 {
        let _ = writeln!(text, "  # No alert may get lost.\n  #minimum = {}", survey.alerts);
    }
    if !survey.severities.is_empty() {
        let words: Vec<String> = survey.severities.iter().map(|word| quoted(word)).collect();
        let _ = writeln!(
            text,
            "  # The severities in use; another one is a mistake.\n  #severities = [{}]",
            words.join(", ")
        );
    }
    let mut seen: Vec<&str> = Vec::new();
    for exporter in &survey.exporters {
        if !seen.contains(&exporter.name.as_str()) {
            let (name, version) = (quoted(&exporter.name), quoted(&exporter.version));
            let _ = writeln!(text, "  # Deployed by {}.\n  #exporter {name} {{ version = {version} }}", exporter.file);
            seen.push(&exporter.name);
        }
    }
    text.push_str("}\n");
}

fn drift(text: &mut String, survey: &Survey) {
    if survey.roots.is_empty() {
        return;
    }
    text.push_str("\n# What `sprag drift scan` compares with reality.\n");
    for line in environments(&survey.roots).lines() {
        let _ = writeln!(text, "#{line}");
    }
}

/// A `drift` block with an environment for each of these directories.
pub(super) fn environments(roots: &[String]) -> String {
    let mut text = "drift {\n".to_owned();
    let mut names: Vec<String> = Vec::new();
    for root in roots {
        let name = environment(root, &names);
        let _ = writeln!(text, "  environment {} {{ directory = {} }}", quoted(&name), quoted(root));
        names.push(name);
    }
    text.push_str("}\n");
    text
}

/// A name for the environment in `directory` that is not among `taken`.
fn environment(directory: &str, taken: &[String]) -> String {
    let last = directory.rsplit('/').next().unwrap_or(directory);
    let candidates = [plain(last), plain(directory)];
    let free = |name: &&String| !name.is_empty() && !taken.contains(name);
    candidates.iter().find(free).cloned().unwrap_or_else(|| format!("environment-{}", taken.len() + 1))
}

/// The text as a name: ASCII letters, digits, `_`, `.` and `-`, a letter or digit first.
fn plain(text: &str) -> String {
    let allowed = |char: char| char.is_ascii_alphanumeric() || "_.-".contains(char);
    let name: String = text.chars().map(|char| if allowed(char) { char } else { '-' }).collect();
    name.trim_start_matches(|char: char| !char.is_ascii_alphanumeric()).to_owned()
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "$${").replace("%{", "%%{");
    format!("\"{escaped}\"")
}

/// What to print: the file, what was found, and what comes next.
pub(super) fn told(path: &str, survey: &Survey, choices: Option<&Choices>) -> String {
    let mut text = format!("wrote {path}\n");
    let mut say = |line: String| {
        let _ = writeln!(text, "  {line}");
    };
    if !survey.children.is_empty() {
        let tested = survey.with_regression;
        say(format!("{}, {tested} with {REGRESSION_FILE}", counted(survey.children.len(), "module")));
    }
    if !survey.roots.is_empty() {
        say(format!("{}: {}", counted(survey.roots.len(), "root module"), survey.roots.join(", ")));
    }
    if survey.fixtures > 0 {
        say(format!("{} of tests or examples", counted(survey.fixtures, "module")));
    }
    if !survey.rule_files.is_empty() {
        say(format!("{} with {}", counted(survey.rule_files.len(), "rule file"), counted(survey.alerts, "alert")));
    }
    for path in &survey.scrape {
        say(format!("Prometheus configuration {path}"));
    }
    for path in &survey.compose {
        let here =
            survey.exporters.iter().filter(|one| one.file == *path).map(|one| format!("{} {}", one.name, one.version));
        let here: Vec<String> = here.collect();
        let runs = if here.is_empty() { String::new() } else { format!(" with {}", here.join(", ")) };
        say(format!("compose file {path}{runs}"));
    }
    if let Some(choices) = choices {
        say(format!("{}: {} kept", tflint::FILE, counted(choices.kept(), "choice")));
        for lost in &choices.lost {
            say(format!("{}: nothing in sprag does what {lost} did", tflint::FILE));
        }
    }
    text.push_str("next: sprag lint\n");
    text
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
