//! Whether a lint runs on a path, and how bad its findings are there: the lint's default, the configuration, the
//! exceptions by path, and the command line, each winning over those before it.

use rustc_hash::FxHashSet;

use super::lint::Rules;
use super::pattern::PathSet;
use super::selection::Selection;
use super::{Config, Located, Selector};
use crate::diagnostic::{LintId, Severity};

/// When a lint runs without being asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LintDefault {
    /// Always.
    On,
    /// Under a preset that names it, or when the setting it checks is made: house policy.
    Preset,
    /// Never.
    Off,
}

impl LintDefault {
    /// The word for it in a lint's front matter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Preset => "preset",
            Self::Off => "off",
        }
    }
}

/// The answer for every lint and path, compiled once per configuration.
#[derive(Clone, Debug)]
pub struct Levels {
    base: Switches,
    configured: FxHashSet<String>,
    overrides: Vec<(PathSet, Switches)>,
    selection: Selection,
}

/// The answer for every lint on one path.
#[derive(Clone, Debug)]
pub struct PathLevels<'a> {
    levels: &'a Levels,
    overrides: Vec<&'a Switches>,
}

impl Levels {
    /// Compiles the rules of `config` and of the command line.
    #[must_use]
    pub fn new(config: &Config, selection: &Selection) -> Self {
        let overrides = config.overrides.iter().map(|one| (PathSet::new(&one.paths), Switches::new(&one.rules)));
        Self {
            base: Switches::new(&config.lint.rules),
            configured: configured(config).collect(),
            overrides: overrides.collect(),
            selection: selection.clone(),
        }
    }

    /// The rules for `path`, which is relative to the directory of the configuration and written with slashes.
    #[must_use]
    pub fn at(&self, path: &str) -> PathLevels<'_> {
        let matching = self.overrides.iter().filter(|(paths, _)| paths.is_match(path));
        PathLevels { levels: self, overrides: matching.map(|(_, switches)| switches).collect() }
    }

    /// The severity of a finding of `lint` on `path`, or nothing when the lint is off there. `severity` is what the
    /// lint itself gave the finding. To ask for many lints on one path, use [`Self::at`].
    #[must_use]
    pub fn level(&self, lint: &LintId, default: LintDefault, path: &str, severity: Severity) -> Option<Severity> {
        self.at(path).level(lint, default, severity)
    }
}

impl PathLevels<'_> {
    /// The severity of a finding of `lint` here, or nothing when the lint is off.
    #[must_use]
    pub fn level(&self, lint: &LintId, default: LintDefault, severity: Severity) -> Option<Severity> {
        let Levels { base, configured, selection, .. } = self.levels;
        let id = lint.as_str();
        let enabled = base.enables(id) || configured.contains(id);
        let mut on = match default {
            LintDefault::On => true,
            LintDefault::Preset | LintDefault::Off => enabled,
        };
        on = match selection.selects(id, on) {
            Some(selected) => selected,
            None => on && !base.ignores(id),
        };
        for switches in &self.overrides {
            on = (on || switches.enables(id)) && !switches.ignores(id);
        }
        if !on || selection.ignores(id) || !selection.admits(id) {
            return None;
        }
        let nearest = self.overrides.iter().rev().find_map(|switches| switches.severity(id));
        Some(nearest.or_else(|| base.severity(id)).unwrap_or(severity))
    }
}

/// Rules with quick answers.
#[derive(Clone, Debug, Default)]
struct Switches {
    enable: FxHashSet<String>,
    ignore: FxHashSet<String>,
    severity: Vec<(Selector, Severity)>,
}

impl Switches {
    fn new(rules: &Rules) -> Self {
        let texts = |selectors: &[Located<Selector>]| selectors.iter().map(|one| one.as_str().to_owned()).collect();
        let severity = rules.severity.iter().map(|entry| (entry.key.value.clone(), entry.value.value));
        Self { enable: texts(&rules.enable), ignore: texts(&rules.ignore), severity: severity.collect() }
    }

    fn enables(&self, id: &str) -> bool {
        has(&self.enable, id) || self.severity.iter().any(|(selector, _)| selector.as_str() == id)
    }

    fn ignores(&self, id: &str) -> bool {
        has(&self.ignore, id)
    }

    /// The lint's own severity, else that of its area.
    fn severity(&self, id: &str) -> Option<Severity> {
        let covering = self.severity.iter().filter(|(selector, _)| selector.covers(id));
        covering.max_by_key(|(selector, _)| selector.is_lint()).map(|(_, severity)| *severity)
    }
}

fn has(selectors: &FxHashSet<String>, id: &str) -> bool {
    !selectors.is_empty()
        && (selectors.contains(id) || id.split('/').next().is_some_and(|area| selectors.contains(area)))
}

/// House policies that are switched on by making the setting they check, or by giving them inputs.
fn configured(config: &Config) -> impl Iterator<Item = String> {
    let alerts = &config.alerts;
    let policies = [
        (alerts.minimum.is_some(), "alerts/too-few-alerts"),
        (!alerts.severities.is_empty(), "alerts/unknown-severity"),
        (!alerts.require.is_empty(), "alerts/missing-required-alert"),
        (!alerts.require.is_empty(), "alerts/required-alert-differs"),
        (!alerts.domains.is_empty(), "alerts/uncovered-domain"),
        (config.regression.file.is_some(), "tftest/missing-regression-file"),
    ];
    let made = policies.into_iter().filter(|(made, _)| *made).map(|(_, id)| id.to_owned());
    made.chain(config.lint.inputs.iter().map(|entry| entry.key.0.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::FileId;

    const LINTS: [&str; 5] =
        ["terraform/a", "terraform/b", "alerts/missing-for", "alerts/too-few-alerts", "proxmox/unsorted-tags"];

    fn levels(text: &str, select: &[&str], ignore: &[&str]) -> Levels {
        let (config, diagnostics) = Config::parse(text.as_bytes(), FileId(0), &LINTS);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        Levels::new(&config, &Selection::new(select, ignore, &LINTS).unwrap())
    }

    fn level(levels: &Levels, id: &'static str, default: LintDefault, path: &str) -> Option<Severity> {
        levels.level(&LintId::new(id), default, path, Severity::Warning)
    }

    const WARNING: Option<Severity> = Some(Severity::Warning);
    const ERROR: Option<Severity> = Some(Severity::Error);

    #[test]
    fn defaults() {
        let levels = levels("", &[], &[]);
        assert_eq!(level(&levels, "terraform/a", LintDefault::On, "x.tf"), WARNING);
        assert_eq!(level(&levels, "terraform/a", LintDefault::Preset, "x.tf"), None);
        assert_eq!(level(&levels, "terraform/a", LintDefault::Off, "x.tf"), None);
    }

    #[test]
    fn switches_and_severities() {
        let levels = levels(
            r#"lint {
              enable   = ["terraform"]
              ignore   = ["terraform/b"]
              severity = { "terraform/a" = "error", proxmox = "note", "alerts/missing-for" = "error" }
            }"#,
            &[],
            &[],
        );
        assert_eq!(level(&levels, "terraform/a", LintDefault::Off, "x.tf"), ERROR);
        assert_eq!(level(&levels, "terraform/b", LintDefault::On, "x.tf"), None);
        assert_eq!(level(&levels, "proxmox/unsorted-tags", LintDefault::On, "x.tf"), Some(Severity::Note));
        assert_eq!(level(&levels, "proxmox/unsorted-tags", LintDefault::Off, "x.tf"), None, "an area's severity");
        assert_eq!(level(&levels, "alerts/missing-for", LintDefault::Preset, "x.yml"), ERROR, "a lint's severity");
    }

    #[test]
    fn ignoring_an_area_wins_over_the_preset() {
        let text = "preset = \"homelab\"\nlint { ignore = [\"alerts\"] }";
        assert_eq!(level(&levels(text, &[], &[]), "alerts/missing-for", LintDefault::Preset, "x.yml"), None);
        let preset = levels("preset = \"homelab\"", &[], &[]);
        assert_eq!(level(&preset, "alerts/missing-for", LintDefault::Preset, "x.yml"), WARNING);
        let noted = preset.level(&LintId::new("proxmox/unsorted-tags"), LintDefault::On, "x.tf", Severity::Note);
        assert_eq!(noted, WARNING);
    }

    #[test]
    fn a_made_setting_switches_its_policy_on() {
        let levels = levels("alerts { minimum = 3 }", &[], &[]);
        assert_eq!(level(&levels, "alerts/too-few-alerts", LintDefault::Preset, "x.yml"), WARNING);
        assert_eq!(level(&levels, "alerts/missing-for", LintDefault::Preset, "x.yml"), None);
    }

    #[test]
    fn the_last_override_wins() {
        let levels = levels(
            r#"override {
              paths  = ["legacy"]
              ignore = ["terraform"]
            }
            override {
              paths    = ["legacy/kept/**"]
              enable   = ["terraform/a"]
              severity = { terraform = "error" }
            }"#,
            &[],
            &[],
        );
        assert_eq!(level(&levels, "terraform/a", LintDefault::On, "main.tf"), WARNING);
        assert_eq!(level(&levels, "terraform/a", LintDefault::On, "legacy/main.tf"), None);
        assert_eq!(level(&levels, "terraform/a", LintDefault::On, "legacy/kept/main.tf"), ERROR);
        assert_eq!(level(&levels, "terraform/b", LintDefault::On, "legacy/kept/main.tf"), None);
    }

    #[test]
    fn the_command_line_wins() {
        let text = "lint { ignore = [\"terraform/a\"] }\noverride {\n paths = [\"old\"]\n ignore = [\"terraform\"]\n}";
        let named = levels(text, &["terraform/a"], &[]);
        assert_eq!(level(&named, "terraform/a", LintDefault::Off, "x.tf"), WARNING);
        assert_eq!(level(&named, "terraform/b", LintDefault::On, "x.tf"), None);
        assert_eq!(level(&named, "terraform/a", LintDefault::On, "old/x.tf"), None);
        let area = levels(text, &["terraform"], &["terraform/b"]);
        assert_eq!(level(&area, "terraform/a", LintDefault::On, "x.tf"), WARNING);
        assert_eq!(level(&area, "terraform/a", LintDefault::Off, "x.tf"), None);
        assert_eq!(level(&area, "terraform/b", LintDefault::On, "x.tf"), None);
        assert_eq!(level(&area, "alerts/missing-for", LintDefault::On, "x.yml"), None);
    }
}
