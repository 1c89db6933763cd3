//! See `lints/terraform/unused-declaration/README.md`.

use crate::diagnostic::{Applicability, Edit, Fix};
use crate::linter::{Check, Reporter, Repository};
use crate::terraform::{ModuleKind, UnusedKind};

pub(crate) const CHECK: Check = Check::Repository(check);

fn check(repository: &Repository<'_>, out: &mut Reporter<'_>) {
    for module in &repository.modules {
        for unused in &module.unused {
            let what = match unused.kind {
                UnusedKind::Variable => "variable",
                UnusedKind::Data => "data source",
                UnusedKind::Local => "local value",
                UnusedKind::Provider => "provider configuration",
            };
            let mut finding = out
                .finding(unused.location, format!("{what} `{}` is never used", unused.name))
                .help("remove it, or use it")
                .subject(&*unused.name);
            // Callers may give a value to a variable, and then fail without it.
            let may_be_set = unused.kind == UnusedKind::Variable && module.kind != ModuleKind::Root;
            if let Some(location) = unused.removal.filter(|_| !may_be_set) {
                let edits = vec![Edit { location, text: String::new() }];
                finding = finding.fix(Fix { applicability: Applicability::Unsafe, edits });
            }
            out.report(finding);
        }
    }
}
