//! See `lints/terraform/workspace-with-remote-backend/README.md`.

use crate::linter::{Check, Reporter};
use crate::syntax::hcl::ExprView;
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    let workspaces = &module.survey().workspaces;
    let mut blocks = module.settings.iter().flat_map(|settings| settings.block.body().blocks_of("backend"));
    if workspaces.is_empty() || !blocks.any(|backend| backend.label(0).as_deref() == Some("remote")) {
        return;
    }
    let constraints: Vec<_> =
        module.settings.iter().filter_map(|settings| settings.value("required_version")).collect();
    let admits = |patch| constraints.iter().all(|one| ExprView::as_string(*one).is_some_and(|one| admits(&one, patch)));
    if constraints.is_empty() || !(0..=11).any(admits) {
        return;
    }
    for place in workspaces {
        out.report(
            out.finding(place.location(), "`terraform.workspace` is always `default` in a remote run of Terraform 1.0")
                .help("use a variable, or require Terraform 1.1"),
        );
    }
}

/// Whether a constraint admits 1.0.`patch`. One that cannot be read does not.
fn admits(constraint: &str, patch: u64) -> bool {
    let version = [1, 0, patch];
    constraint.split(',').all(|part| {
        let part = part.trim();
        let number = part.trim_start_matches(['=', '!', '<', '>', '~']);
        let numbers: Option<Vec<u64>> = number.trim().split('.').map(|number| number.parse().ok()).collect();
        let Some(numbers) = numbers.filter(|numbers| (1..=3).contains(&numbers.len())) else { return false };
        let mut bound = [0; 3];
        bound[..numbers.len()].copy_from_slice(&numbers);
        match part[..part.len() - number.len()].trim() {
            "" | "=" => version == bound,
            "!=" => version != bound,
            ">" => version > bound,
            ">=" => version >= bound,
            "<" => version < bound,
            "<=" => version <= bound,
            "~>" => version >= bound && version[..numbers.len().max(2) - 1] == bound[..numbers.len().max(2) - 1],
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::admits;

    #[test]
    fn constraints_admit_versions() {
        for constraint in [">= 0.14", "~> 1.0", "~> 1.0.0", "1.0.5", ">= 1.0, < 1.1", "<= 1.0.5"] {
            assert!(admits(constraint, 5), "{constraint}");
        }
        for constraint in [">= 1.1", "~> 1.9", "~> 1.1.0", "1.0.4", "!= 1.0.5", "latest", ">= 1.0, > 1.1"] {
            assert!(!admits(constraint, 5), "{constraint}");
        }
    }
}
