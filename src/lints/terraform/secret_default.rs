//! See `lints/terraform/secret-default/README.md`.

use super::overrides;
use crate::linter::{Check, Reporter};
use crate::syntax::hcl::ExprView;
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for variable in &module.variables {
        let is_sensitive = variable.value("sensitive").and_then(ExprView::as_bool) == Some(true);
        let Some(default) = variable.value("default").filter(|default| is_sensitive && is_secret(*default)) else {
            continue;
        };
        let name = variable.name();
        let is_overridden = overrides(module, "variable", &name)
            .any(|block| block.body().attributes().any(|one| matches!(one.name(), "default" | "sensitive")));
        if is_overridden {
            continue;
        }
        let message = format!("sensitive variable `{name}` has a default that everyone can read");
        let finding = out.finding(variable.location(default.span()), message);
        let help = "remove the default, and pass the value from outside of the repository; then change the secret";
        out.report(finding.help(help).subject(format!("var.{name}")));
    }
}

/// Whether something is written there that could be a secret: text that is not empty, a number, or either inside.
fn is_secret(value: ExprView<'_>) -> bool {
    if let Some(elements) = value.elements() {
        return elements.into_iter().any(is_secret);
    }
    if let Some(entries) = value.entries() {
        return entries.into_iter().any(|(_, value)| is_secret(value));
    }
    value.as_string().is_some_and(|text| !text.trim().is_empty() && !is_placeholder(&text))
        || value.as_number().is_some_and(|number| number.bytes().any(|digit| matches!(digit, b'1'..=b'9')))
}

/// Text that says that something else is to stand there.
fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let is_bracketed = text.starts_with('<') && text.ends_with('>');
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    is_bracketed || matches!(&*plain, "" | "none" | "null" | "unset" | "notset" | "placeholder" | "todo" | "redacted")
}
