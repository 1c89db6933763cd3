//! What a file is, by its name.

/// The kinds of files that sprag reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// `.tf`, `.tofu`
    Configuration,
    /// `.tf.json`, `.tofu.json`
    ConfigurationJson,
    /// `.tfvars`
    Variables,
    /// `.tfvars.json`
    VariablesJson,
    /// `.tftest.hcl`, `.tofutest.hcl`
    Test,
    /// `.tftest.json`, `.tofutest.json`
    TestJson,
    /// `.tfquery.hcl`
    Query,
    /// `.tfquery.json`
    QueryJson,
    /// A name that looks like a test file and that no tool runs.
    StrayTest,
    /// `.sprag.hcl`
    Config,
    /// `*.sprag.hcl`
    Invariants,
    /// A YAML file, perhaps with alert rules.
    Yaml,
    /// Any other JSON file: perhaps a dashboard.
    Json,
    /// A unit, a script, a Dockerfile or a template of one: it may say which exporters are deployed.
    Deployment,
}

impl FileKind {
    /// Whether Terraform or sprag reads such files for what they declare.
    pub(super) const fn is_terraform(self) -> bool {
        !matches!(self, Self::Yaml | Self::Json | Self::Deployment)
    }
}

/// The kind of a file called `name`, if sprag reads such files.
#[must_use]
pub(super) fn classify(name: &str) -> Option<FileKind> {
    if name == ".sprag.hcl" {
        return Some(FileKind::Config);
    }
    let hidden = is_ignored(name);
    if !hidden && has_no_suffix_of_its_own(name) {
        return Some(FileKind::Deployment);
    }
    let (_, suffix) = name.rsplit_once('.')?;
    let kind = match suffix {
        "tf" | "tofu" => FileKind::Configuration,
        "tfvars" => FileKind::Variables,
        "yml" | "yaml" | "rules" => FileKind::Yaml,
        "tftpl" | "tmpl" | "tpl" if has_inner(name, &["yml", "yaml"]) => FileKind::Yaml,
        "tftpl" | "sh" | "bash" | "service" | "dockerfile" | "conf" | "env" | "nix" | "alloy" | "river" => {
            FileKind::Deployment
        }
        "tmpl" | "tpl" | "j2" if has_inner(name, &["sh", "service", "yml", "yaml", "conf", "env", "alloy"]) => {
            FileKind::Deployment
        }
        "json" if has_inner(name, &["tf", "tofu"]) => FileKind::ConfigurationJson,
        "json" if has_inner(name, &["tfvars"]) => FileKind::VariablesJson,
        "json" if has_inner(name, &["tftest", "tofutest"]) => FileKind::TestJson,
        "json" if has_inner(name, &["tfquery"]) => FileKind::QueryJson,
        "json" => FileKind::Json,
        "hcl" if has_inner(name, &["tftest", "tofutest"]) => FileKind::Test,
        "hcl" if has_inner(name, &["tfquery"]) => FileKind::Query,
        "hcl" if has_inner(name, &["sprag"]) => FileKind::Invariants,
        "hcl" if looks_like_test(name) => FileKind::StrayTest,
        _ => return None,
    };
    match kind {
        FileKind::Test | FileKind::TestJson if hidden => Some(FileKind::StrayTest),
        _ if hidden => None,
        kind => Some(kind),
    }
}

/// Whether a file of this name says by all of it what it is: a Dockerfile, or the arguments that Debian keeps in
/// `/etc/default/prometheus-node-exporter`.
fn has_no_suffix_of_its_own(name: &str) -> bool {
    matches!(name, "Dockerfile" | "Containerfile")
        || name.starts_with("Dockerfile.")
        || name.starts_with("prometheus-") && !name.contains('.')
}

/// Whether the part before the last suffix ends in one of `suffixes`.
fn has_inner(name: &str, suffixes: &[&str]) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.rsplit_once('.').is_some_and(|(_, inner)| suffixes.contains(&inner))
}

/// `x.test.hcl`, `x_tftest.hcl`, `x-tftest.hcl`, `tftest.hcl`: meant as a test, run by nobody.
fn looks_like_test(name: &str) -> bool {
    let stem = name.strip_suffix(".hcl").unwrap_or(name);
    let last = stem.rsplit(['.', '_', '-']).next().unwrap_or(stem);
    matches!(last, "tftest" | "tofutest") || matches!(last, "test" | "tests") && stem.contains('.')
}

/// Terraform reads no hidden files and no editor backups (`configs.IsIgnoredFile`).
fn is_ignored(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_kind() {
        for (name, kind) in [
            ("main.tf", Some(FileKind::Configuration)),
            ("main.tofu", Some(FileKind::Configuration)),
            ("main.tf.json", Some(FileKind::ConfigurationJson)),
            ("prod.auto.tfvars", Some(FileKind::Variables)),
            ("a.tftest.hcl", Some(FileKind::Test)),
            ("a.tofutest.hcl", Some(FileKind::Test)),
            ("find.tfquery.hcl", Some(FileKind::Query)),
            ("find.tfquery.json", Some(FileKind::QueryJson)),
            ("mocks.tfmock.hcl", None),
            ("main.tfcomponent.hcl", None),
            ("a_tftest.hcl", Some(FileKind::StrayTest)),
            ("a.test.hcl", Some(FileKind::StrayTest)),
            (".a.tftest.hcl", Some(FileKind::StrayTest)),
            ("latest.hcl", None),
            ("terragrunt.hcl", None),
            (".terraform.lock.hcl", None),
            (".sprag.hcl", Some(FileKind::Config)),
            ("bugs.sprag.hcl", Some(FileKind::Invariants)),
            ("alerts.yml", Some(FileKind::Yaml)),
            ("alerts.yml.tftpl", Some(FileKind::Yaml)),
            ("user-data.tftpl", Some(FileKind::Deployment)),
            ("node.json", Some(FileKind::Json)),
            (".eslintrc.json", None),
            ("install.sh", Some(FileKind::Deployment)),
            ("install.sh.j2", Some(FileKind::Deployment)),
            ("config.alloy", Some(FileKind::Deployment)),
            ("configuration.nix", Some(FileKind::Deployment)),
            ("node_exporter.service", Some(FileKind::Deployment)),
            ("prometheus-node-exporter", Some(FileKind::Deployment)),
            ("Dockerfile", Some(FileKind::Deployment)),
            ("telegram.tmpl", None),
            (".bashrc.sh", None),
            (".main.tf", None),
            ("main.tf~", None),
            ("README.md", None),
            ("Makefile", None),
        ] {
            assert_eq!(classify(name), kind, "{name}");
        }
    }
}
