//! What `.tflint.hcl` chose, in the words of sprag. The map from rules to lints is the table of `docs/tflint.md`.

use std::path::Path;

use crate::cli::files::read_limited;
use crate::linter::LintDefault;
use crate::lints;
use crate::syntax::hcl::{self, BlockView, BodyView, Document, ExprView};

/// The file's name.
pub(super) const FILE: &str = ".tflint.hcl";

/// The choices of one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Choices {
    /// Lints to switch on that are off by default.
    pub(super) enable: Vec<String>,
    /// Lints to switch off.
    pub(super) ignore: Vec<String>,
    /// Options of lints, each as it is written.
    pub(super) inputs: Vec<(&'static str, Vec<(&'static str, String)>)>,
    /// Rules for which there is no lint, and settings of rules that lints do not have.
    pub(super) lost: Vec<String>,
}

impl Choices {
    /// Reads the file in `directory`; nothing where there is none.
    pub(super) fn read(directory: &Path) -> Result<Option<Self>, String> {
        let path = directory.join(FILE);
        if !path.is_file() {
            return Ok(None);
        }
        let text = read_limited(&path).map_err(|message| format!("{}: {message}", path.display()))?;
        Self::parse(&text)
            .map(Some)
            .map_err(|message| format!("{}: {message}; mend it or move it away", path.display()))
    }

    fn parse(text: &[u8]) -> Result<Self, String> {
        let tree = hcl::parse(text);
        if let Some(error) = tree.errors.first() {
            return Err(error.message.clone());
        }
        let root = Document::new(&tree, text).root();
        let mut choices = Self::default();
        choices.lost.extend(plugins(root));
        let mode = Mode::of(root);
        let rules: Vec<(String, BlockView<'_>)> =
            root.blocks_of("rule").filter_map(|rule| Some((rule.label(0)?.into_owned(), rule))).collect();
        for (rule, lint) in lints::tflint_rules() {
            let written = rules.iter().find(|(name, _)| name == rule).map(|(_, block)| *block);
            choices.choose(lint, mode.wants(written));
            if let Some(block) = written.filter(|block| is_on(block.body())) {
                choices.settings(rule, lint, block);
            }
        }
        let known: Vec<&str> = lints::tflint_rules().map(|(rule, _)| rule).collect();
        let unknown = rules.iter().filter(|(name, block)| !known.contains(&name.as_str()) && is_on(block.body()));
        choices.lost.extend(unknown.map(|(name, _)| format!("rule `{name}`")));
        Ok(choices)
    }

    fn choose(&mut self, id: &str, wanted: Option<bool>) {
        let is_on = lints::find(id).is_some_and(|lint| lint.default == LintDefault::On);
        match wanted {
            Some(true) if !is_on => self.enable.push(id.to_owned()),
            Some(false) if is_on => self.ignore.push(id.to_owned()),
            _ => {}
        }
    }

    /// Takes over the settings of a rule.
    fn settings(&mut self, rule: &'static str, lint: &'static str, block: BlockView<'_>) {
        let mut inputs = Vec::new();
        for attribute in block.body().attributes().filter(|attribute| attribute.name() != "enabled") {
            match option(rule, attribute.name(), attribute.value()) {
                Kept::Anyway => {}
                Kept::As(name, value) => inputs.push((name, value)),
                Kept::Not => self.lost.push(format!("setting `{}` of `{rule}`", attribute.name())),
            }
        }
        if !inputs.is_empty() {
            self.inputs.push((lint, inputs));
        }
    }

    /// How many lints are switched, and how many options are set.
    pub(super) fn kept(&self) -> usize {
        self.enable.len() + self.ignore.len() + self.inputs.iter().map(|(_, options)| options.len()).sum::<usize>()
    }
}

/// What holds for rules without a block.
#[derive(Clone, Copy)]
enum Mode {
    /// Their defaults, which sprag has of its own.
    Defaults,
    /// All are on.
    All,
    /// All are off.
    Nothing,
}

impl Mode {
    fn of(root: BodyView<'_>) -> Self {
        let flag = |body: BodyView<'_>, name| body.value(name).and_then(ExprView::as_bool);
        let config = root.blocks_of("config").next();
        if config.is_some_and(|config| flag(config.body(), "disabled_by_default") == Some(true)) {
            return Self::Nothing;
        }
        let plugin = root.blocks_of("plugin").find(|plugin| plugin.label(0).as_deref() == Some("terraform"));
        let Some(plugin) = plugin else { return Self::Defaults };
        if !is_on(plugin.body()) {
            return Self::Nothing;
        }
        let preset = plugin.body().value("preset").and_then(ExprView::as_string);
        if preset.as_deref() == Some("all") { Self::All } else { Self::Defaults }
    }

    /// Whether a rule is wanted; nothing where sprag's own default is as good.
    fn wants(self, written: Option<BlockView<'_>>) -> Option<bool> {
        match (written, self) {
            (Some(block), _) => Some(is_on(block.body())),
            (None, Self::All) => Some(true),
            (None, Self::Nothing) => Some(false),
            (None, Self::Defaults) => None,
        }
    }
}

fn is_on(body: BodyView<'_>) -> bool {
    body.value("enabled").and_then(ExprView::as_bool) != Some(false)
}

/// Plugins for providers.
fn plugins(root: BodyView<'_>) -> impl Iterator<Item = String> {
    let names = root.blocks_of("plugin").filter(|plugin| is_on(plugin.body())).filter_map(|plugin| plugin.label(0));
    names.filter(|name| name != "terraform").map(|name| format!("plugin `{name}`"))
}

/// What becomes of a setting of a rule.
enum Kept {
    /// It is what the lint does.
    Anyway,
    /// It is an option of the lint.
    As(&'static str, String),
    Not,
}

fn option(rule: &str, name: &str, value: ExprView<'_>) -> Kept {
    let is_text = |text: &str| value.as_string().as_deref() == Some(text);
    let as_written = |name| Kept::As(name, value.text().to_owned());
    let is_texts = || value.elements().is_some_and(|all| all.iter().all(|one| one.as_string().is_some()));
    match (rule, name) {
        ("terraform_module_pinned_source", "style") if is_text("flexible") => Kept::Anyway,
        ("terraform_module_pinned_source", "style") if is_text("semver") => as_written("style"),
        ("terraform_module_pinned_source", "default_branches") if is_texts() => as_written("branches"),
        ("terraform_module_version", "exact") if value.as_bool().is_some() => as_written("exact"),
        ("terraform_naming_convention", "format") if is_text("snake_case") => Kept::Anyway,
        ("terraform_naming_convention", "format") if is_text("mixed_snake_case") => as_written("format"),
        ("terraform_naming_convention", "custom") if value.as_string().is_some() => as_written("pattern"),
        ("terraform_required_providers", "source") if value.as_bool().is_some() => as_written("source"),
        ("terraform_required_providers", "version") if value.as_bool().is_some() => as_written("version"),
        _ => Kept::Not,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Choices {
        Choices::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_was_chosen_is_kept() {
        let choices = parse(
            "rule \"terraform_documented_variables\" { enabled = false }\nrule \"terraform_comment_syntax\" { enabled = true }\nrule \"terraform_unused_declarations\" { enabled = true }\n",
        );
        assert_eq!(choices.ignore, ["terraform/undocumented-variable"]);
        assert_eq!(choices.enable, ["terraform/slash-comment"], "the other one is on anyway");
        assert!(choices.lost.is_empty());
    }

    #[test]
    fn presets_and_switches_for_all() {
        let all = parse("plugin \"terraform\" {\n  enabled = true\n  preset  = \"all\"\n}\n");
        assert!(all.enable.contains(&"terraform/slash-comment".to_owned()) && all.ignore.is_empty(), "{all:?}");
        let few =
            parse("config { disabled_by_default = true }\nrule \"terraform_typed_variables\" { enabled = true }\n");
        assert!(few.enable.is_empty() && few.ignore.contains(&"terraform/legacy-index".to_owned()), "{few:?}");
        assert!(!few.ignore.contains(&"terraform/untyped-variable".to_owned()));
        let none = parse("plugin \"terraform\" { enabled = false }\n");
        assert!(none.enable.is_empty() && none.ignore.contains(&"terraform/untyped-variable".to_owned()), "{none:?}");
        assert_eq!(parse("plugin \"terraform\" { preset = \"recommended\" }\n"), Choices::default());
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        let choices = parse(
            "plugin \"aws\" { enabled = true }\nrule \"aws_instance_invalid_type\" { enabled = true }\nrule \"terraform_naming_convention\" {\n  enabled = true\n  format  = \"none\"\n}\n",
        );
        let expected =
            ["plugin `aws`", "setting `format` of `terraform_naming_convention`", "rule `aws_instance_invalid_type`"];
        assert_eq!(choices.lost, expected);
    }

    #[test]
    fn settings_become_options() {
        let choices = parse(
            "rule \"terraform_naming_convention\" {\n  format = \"mixed_snake_case\"\n}\n\
             rule \"terraform_module_pinned_source\" {\n  style = \"semver\"\n  default_branches = [\"dev\"]\n}\n\
             rule \"terraform_module_version\" {\n  enabled = false\n  exact = true\n}\n",
        );
        let text = |text: &str| text.to_owned();
        let pinned = vec![("style", text("\"semver\"")), ("branches", text("[\"dev\"]"))];
        let named = vec![("format", text("\"mixed_snake_case\""))];
        let expected = [("terraform/unpinned-module-source", pinned), ("terraform/unconventional-name", named)];
        assert_eq!(choices.inputs, expected);
        assert_eq!((choices.kept(), choices.lost.len()), (4, 0));
    }

    #[test]
    fn a_broken_file_is_said_to_be() {
        assert!(Choices::parse(b"rule \"a\" {").is_err());
    }
}
