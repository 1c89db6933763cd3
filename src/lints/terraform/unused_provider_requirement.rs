//! See `lints/terraform/unused-provider-requirement/README.md`.

use std::collections::HashSet;

use super::is_kept_house;
use crate::linter::{Check, Reporter};
use crate::syntax::hcl::ExprView;
use crate::terraform::{Module, required_providers};

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    let is_read = module.is_complete && !module.sources.iter().any(crate::terraform::Source::is_broken);
    // A module that calls others may constrain the providers of those.
    if !is_read || !is_kept_house(module) || !module.calls.is_empty() {
        return;
    }
    let requirements = required_providers(module);
    if requirements.is_empty() {
        return;
    }
    let mut used: HashSet<String> =
        module.provider_references().iter().map(|reference| reference.name.to_string()).collect();
    // `moved`, `removed` and `import` name resources that need their provider.
    for value in module.others.iter().flat_map(|other| other.block.body().attributes()) {
        let steps = value.value().as_reference().unwrap_or_default();
        used.extend(steps.iter().filter_map(|step| step.split('_').next()).map(str::to_owned));
    }
    for test in &module.tests {
        for block in test.document().root().blocks() {
            used.extend(block.label(0).map(std::borrow::Cow::into_owned));
            let passed = block.body().value("providers").and_then(ExprView::entries).unwrap_or_default();
            used.extend(passed.iter().filter_map(|(key, _)| key.as_key()).map(std::borrow::Cow::into_owned));
        }
    }
    for requirement in requirements.iter().filter(|requirement| !used.contains(requirement.entry.name())) {
        let name = requirement.entry.name();
        let place = requirement.source.location(requirement.entry.span());
        let finding = out.finding(place, format!("provider `{name}` is required and never used"));
        out.report(finding.help("remove the requirement").subject(name));
    }
}
