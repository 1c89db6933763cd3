//! See `lints/terraform/unconventional-name/README.md`.

use regex::Regex;

use crate::config::schema::Kind;
use crate::diagnostic::Location;
use crate::linter::{Check, Reporter};
use crate::terraform::{Module, ResourceMode};

/// What the configuration may set.
pub(crate) const OPTIONS: &[(&str, Kind)] =
    &[("format", Kind::Word(&["snake_case", "mixed_snake_case"], "a format")), ("pattern", Kind::Regex)];

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    let style = Style::of(out);
    let mut judge = |what: &str, name: &str, place: Location| {
        if !style.admits(name) {
            let finding = out.finding(place, format!("the name of {what} `{name}` {}", style.complaint()));
            out.report(finding.help(style.help()).subject(name));
        }
    };
    let checks = module.others.iter().filter(|other| other.block.kind() == "check");
    for (what, declarations) in
        [("variable", &module.variables), ("output", &module.outputs), ("module", &module.calls)]
    {
        for declaration in declarations {
            judge(what, &declaration.name(), declaration.location(declaration.block.header_span()));
        }
    }
    for check in checks {
        judge("check", &check.name(), check.location(check.block.header_span()));
        for data in check.block.body().blocks_of("data") {
            judge("data source", &data.label(1).unwrap_or_default(), check.location(data.header_span()));
        }
    }
    for resource in &module.resources {
        let what = match resource.mode {
            ResourceMode::Managed => "resource",
            ResourceMode::Data => "data source",
            ResourceMode::Ephemeral => continue,
        };
        judge(what, &resource.name, resource.declaration.location(resource.declaration.block.header_span()));
    }
    for (source, local) in &module.locals {
        judge("local value", local.name(), source.location(local.span()));
    }
}

/// How names are to be written.
enum Style {
    Snake,
    MixedSnake,
    Pattern(Regex),
}

impl Style {
    /// The option `pattern`, or else `format`.
    fn of(out: &Reporter<'_>) -> Self {
        match (out.text_option("pattern").map(Regex::new), out.text_option("format")) {
            (Some(Ok(pattern)), _) => Self::Pattern(pattern),
            (_, Some("mixed_snake_case")) => Self::MixedSnake,
            _ => Self::Snake,
        }
    }

    fn admits(&self, name: &str) -> bool {
        match self {
            Self::Snake => is_snake_case(name),
            Self::MixedSnake => is_snake_case(&name.to_ascii_lowercase()),
            Self::Pattern(pattern) => name.is_empty() || pattern.is_match(name),
        }
    }

    fn complaint(&self) -> String {
        match self {
            Self::Snake | Self::MixedSnake => "is not in snake case".to_owned(),
            Self::Pattern(pattern) => format!("does not match `{pattern}`"),
        }
    }

    const fn help(&self) -> &'static str {
        match self {
            Self::Snake => "write lower-case words joined by single underscores",
            Self::MixedSnake => "write words joined by single underscores",
            Self::Pattern(_) => "the configuration asks for such names",
        }
    }
}

/// `[a-z][a-z0-9]*(_[a-z0-9]+)*`. A name that is not there is a matter for Terraform.
fn is_snake_case(name: &str) -> bool {
    let mut last = b'_';
    let is_fit = name.bytes().all(|byte| {
        let before = std::mem::replace(&mut last, byte);
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' && before != b'_'
    });
    name.is_empty() || is_fit && last != b'_' && !name.as_bytes()[0].is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::is_snake_case;

    #[test]
    fn words_are_joined_by_single_underscores() {
        for name in ["a", "k3s", "disk_gb", "a_1"] {
            assert!(is_snake_case(name), "{name}");
        }
        let expression = regex::Regex::new("^([a-z][a-z0-9]*(_[a-z0-9]+)*)?$").unwrap();
        for number in 0..6_u32.pow(5) {
            let letter = |at: u32| ["", "a", "_", "1", "B", "-"][(number / 6_u32.pow(at) % 6) as usize];
            let name: String = (0..5).map(letter).collect();
            assert_eq!(is_snake_case(&name), expression.is_match(&name), "{name}");
        }
        for name in ["diskGb", "disk-gb", "_a", "a__b", "a_", "1a", "é"] {
            assert!(!is_snake_case(name), "{name}");
        }
    }
}
