//! The files of values that Terraform loads by itself, and their order.

use super::{Module, Role, Source};

/// `terraform.tfvars`, `terraform.tfvars.json`, then `*.auto.tfvars` and `*.auto.tfvars.json` by name. What a file says goes
/// before what those above it say
/// (<https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence>).
#[must_use]
pub fn loaded_values<'a>(module: &Module<'a>) -> Vec<&'a Source> {
    let files = module.sources.iter().filter(|source| source.role == Role::Variables);
    let mut ranked: Vec<(u8, &Source)> = files.filter_map(|source| Some((rank(&source.name)?, source))).collect();
    ranked.sort_by(|(one, first), (other, second)| (one, &first.name).cmp(&(other, &second.name)));
    ranked.into_iter().map(|(_, source)| source).collect()
}

fn rank(name: &str) -> Option<u8> {
    match name {
        "terraform.tfvars" => Some(0),
        "terraform.tfvars.json" => Some(1),
        _ if name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json") => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::FileId;

    #[test]
    fn later_files_go_first() {
        let names = ["z.auto.tfvars", "prod.tfvars", "b.auto.tfvars.json", "terraform.tfvars.json", "a.auto.tfvars"];
        let names = names.into_iter().chain(["terraform.tfvars"]);
        let sources: Vec<Source> =
            names.map(|name| Source::parse(FileId(0), name.into(), Role::Variables, Vec::new())).collect();
        let loaded = loaded_values(&Module::new("m", &sources));
        let loaded: Vec<&str> = loaded.into_iter().map(|source| source.name.as_str()).collect();
        let expected =
            ["terraform.tfvars", "terraform.tfvars.json", "a.auto.tfvars", "b.auto.tfvars.json", "z.auto.tfvars"];
        assert_eq!(loaded, expected);
    }
}
