//! See `lints/terraform/unconstrained-provider/README.md`.

use super::{is_kept_house, with_fix};
use crate::config::Literal;
use crate::config::schema::Kind;
use crate::diagnostic::Applicability;
use crate::linter::{Check, Reporter};
use crate::source::Span;
use crate::syntax::hcl::ExprKind;
use crate::terraform::{Module, Requirement, required_providers};

/// What the configuration may set.
pub(crate) const OPTIONS: &[(&str, Kind)] = &[("source", Kind::Bool), ("version", Kind::Bool)];

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    if !is_kept_house(module) {
        return;
    }
    for provider in module.providers.iter().filter(|provider| provider.value("version").is_some()) {
        let place = provider.location(provider.block.header_span());
        let finding = out.finding(place, format!("provider `{}` is constrained in its own block", provider.name()));
        out.report(finding.help("move `version` to the `required_providers` of the `terraform` block"));
    }
    let requirements = required_providers(module);
    // A module uses few.
    let mut seen: Vec<&str> = Vec::new();
    for reference in module.provider_references() {
        let name = reference.name.as_ref();
        // Terraform's own provider needs no entry.
        if name == "terraform" || seen.contains(&name) {
            continue;
        }
        seen.push(name);
        let mut own = requirements.iter().filter(|requirement| requirement.entry.name() == name).peekable();
        if own.peek().is_none() {
            let finding = out.finding(reference.location, format!("provider `{name}` is not in `required_providers`"));
            out.report(finding.help("name its `source` and its `version` there").subject(name));
        }
        for requirement in own {
            judge(requirement, name, out);
        }
    }
}

fn judge(requirement: &Requirement<'_>, name: &str, out: &mut Reporter<'_>) {
    let value = requirement.entry.value();
    let place = requirement.source.location(value.span());
    if value.as_string().is_some() {
        let finding = out
            .finding(place, format!("the requirement of provider `{name}` is a bare version"))
            .help(format!("write `{{ source = \"hashicorp/{name}\", version = {} }}`", value.text()));
        let open = format!("{{ source = \"hashicorp/{name}\", version = ");
        let edits = [(Span::at(value.span().start), open.as_str()), (Span::at(value.span().end), " }")];
        let is_quoted = matches!(value.kind(), ExprKind::Template { heredoc: false, .. });
        let edits = if is_quoted { &edits[..] } else { &[] };
        return out.report(with_fix(finding, requirement.source, Applicability::Safe, edits).subject(name));
    }
    let Some(entries) = value.entries() else { return };
    let find = |wanted: &str| entries.iter().find(|(key, _)| key.as_key().as_deref() == Some(wanted));
    let source = find("source");
    if source.and_then(|(_, source)| source.as_string()).is_some_and(|source| is_built_in(&source)) {
        return;
    }
    let is_asked = |name: &str| out.option(name) != Some(&Literal::Bool(false));
    let (wants_source, wants_version) = (is_asked("source"), is_asked("version"));
    if source.is_none() && wants_source {
        let finding = out
            .finding(place, format!("the requirement of provider `{name}` has no `source`"))
            .help(format!("without one Terraform takes `source = \"hashicorp/{name}\"`"));
        let text = insertion(requirement, entries.first().map(|(key, _)| key.span()), name);
        let at = Span::at(value.unparenthesised().span().start + 1);
        let edits: Vec<(Span, &str)> = text.iter().map(|text| (at, text.as_str())).collect();
        out.report(with_fix(finding, requirement.source, Applicability::Safe, &edits).subject(name));
    }
    if find("version").is_none() && wants_version {
        let finding = out.finding(place, format!("the requirement of provider `{name}` has no `version`"));
        out.report(finding.help("name the versions that work: `version = \"~> 1.2\"`").subject(name));
    }
}

fn is_built_in(source: &str) -> bool {
    source.starts_with("terraform.io/builtin/")
}

/// The missing `source` as it is written behind the brace: on the line of the first key, or on a line of its own. Nothing
/// where a comment stands before the key.
fn insertion(requirement: &Requirement<'_>, first: Option<Span>, name: &str) -> Option<String> {
    let value = requirement.entry.value().unparenthesised();
    let Some(first) = first else {
        let is_bare = value.text().chars().all(|c| matches!(c, '{' | '}' | ' ' | '\t'));
        return is_bare.then(|| format!(" source = \"hashicorp/{name}\" "));
    };
    let open = value.span().start;
    let text = &requirement.source.text;
    let gap = &text[open as usize + 1..first.start as usize];
    let Some(newline) = memchr::memrchr(b'\n', gap) else {
        return Some(format!(" source = \"hashicorp/{name}\","));
    };
    let indent = std::str::from_utf8(&gap[newline + 1..]).ok().filter(|indent| indent.trim().is_empty())?;
    let line_break = if gap[..newline].ends_with(b"\r") { "\r\n" } else { "\n" };
    Some(format!("{line_break}{indent}source = \"hashicorp/{name}\""))
}
