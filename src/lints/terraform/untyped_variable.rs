//! See `lints/terraform/untyped-variable/README.md`.

use super::overrides;
use crate::diagnostic::Severity;
use crate::linter::{Check, Reporter};
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    if !module.is_complete {
        return;
    }
    for variable in &module.variables {
        let name = variable.name();
        let kind = variable.value("type");
        let severity = match kind {
            None => Severity::Warning,
            Some(kind) if kind.as_keyword() == Some("any") => Severity::Note,
            Some(_) => continue,
        };
        if overrides(module, "variable", &name).any(|block| block.body().attribute("type").is_some()) {
            continue;
        }
        let (span, message) = match kind {
            None => (variable.block.header_span(), format!("variable `{name}` has no type")),
            Some(kind) => (kind.span(), format!("variable `{name}` takes a value of any type")),
        };
        let finding = out.finding_of(severity, variable.location(span), message);
        out.report(finding.help("write the `type` of its values").subject(format!("variable.{name}")));
    }
}
