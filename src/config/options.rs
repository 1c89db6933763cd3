//! Whether what `inputs` gives lints is what they take. Which lint takes what, the caller says.

use std::borrow::Cow;

use regex::Regex;

use super::LintSettings;
use super::located::{Entry, Located, Origin};
use super::schema::Kind;
use super::text::Mistake;
use super::value::{CONFIG_LINT, Literal};
use crate::diagnostic::{Diagnostic, Severity};
use crate::suggest;

/// What the configuration may set of a lint.
#[derive(Clone, Debug)]
pub struct LintOption {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What its value must be; nothing where the invariant that has it judges that.
    pub kind: Option<Kind>,
}

impl LintSettings {
    /// What is wrong with `inputs`. `options` are those of a lint, nothing where there is no such lint.
    #[must_use]
    pub fn check_inputs(&self, options: &dyn Fn(&str) -> Option<Vec<LintOption>>) -> Vec<Diagnostic> {
        let mut mistakes = Vec::new();
        for entry in &self.inputs {
            let lint = entry.key.0.as_str();
            let Some(options) = options(lint) else {
                let mistake = Mistake::new(format!("there is no invariant `{lint}`"));
                mistakes.extend(diagnostic(&entry.key, mistake.help("write one in this file or in one beside it")));
                continue;
            };
            let inputs: &Vec<Entry<String, Literal>> = &entry.value.0;
            for input in inputs {
                match options.iter().find(|option| option.name == *input.key) {
                    None => mistakes.extend(diagnostic(&input.key, unknown(lint, &input.key, &options))),
                    Some(option) => {
                        let mistake = option.kind.and_then(|kind| unfit(kind, &input.value));
                        mistakes.extend(mistake.and_then(|mistake| diagnostic(&input.value, mistake)));
                    }
                }
            }
        }
        mistakes
    }
}

/// Presets have no mistakes.
fn diagnostic<T>(at: &Located<T>, mistake: Mistake) -> Option<Diagnostic> {
    let Origin::File(location) = at.origin else { return None };
    let mut diagnostic = Diagnostic::new(CONFIG_LINT, Severity::Error, location, mistake.message);
    diagnostic.help = mistake.help;
    Some(diagnostic)
}

fn unknown(lint: &str, name: &str, options: &[LintOption]) -> Mistake {
    let names = || options.iter().map(|option| &*option.name);
    let takes = if options.is_empty() {
        format!("`{lint}` takes none")
    } else {
        format!("`{lint}` takes {}", suggest::quote_all(names()))
    };
    let mean = suggest::closest(name, names()).map_or_else(String::new, |meant| format!("did you mean `{meant}`? "));
    Mistake::new(format!("unknown input `{name}`")).help(mean + &takes)
}

/// Why a value is not of its kind.
fn unfit(kind: Kind, value: &Literal) -> Option<Mistake> {
    let fits = match (kind, value) {
        (Kind::Bool, Literal::Bool(_)) | (Kind::Text, Literal::Text(_)) => true,
        (Kind::Word(words, what), Literal::Text(word)) => {
            let what = what.split_once(' ').map_or(what, |(_, noun)| noun);
            return (!words.contains(&word.as_str())).then(|| Mistake::unknown(what, word, words));
        }
        (Kind::Regex, Literal::Text(text)) => {
            let error = Regex::new(text).err()?.to_string();
            let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            return Some(Mistake::new(format!("`{text}` is not a regular expression: {reason}")));
        }
        (Kind::List(of), Literal::List(elements)) => return elements.iter().find_map(|element| unfit(*of, element)),
        _ => false,
    };
    let found = match value {
        Literal::Bool(_) => "a bool",
        Literal::Number(_) => "a number",
        Literal::Text(_) => "a string",
        Literal::List(_) => "a list",
        Literal::Object(_) => "an object",
    };
    (!fits).then(|| Mistake::new(format!("expected {}, found {found}", kind.expected())))
}

#[cfg(test)]
mod tests {
    use super::super::{Config, FileId};
    use super::*;

    fn mistakes(inputs: &str) -> Vec<String> {
        let text = format!("lint {{ inputs = {{ {inputs} }} }}");
        let (config, wrong) = Config::parse(text.as_bytes(), FileId(0), &["terraform/a", "terraform/b"]);
        assert!(wrong.is_empty(), "{wrong:?}");
        let option = |name: &'static str, kind| LintOption { name: name.into(), kind: Some(kind) };
        let options = |lint: &str| match lint {
            "terraform/a" => Some(vec![
                option("style", Kind::Word(&["semver", "sha"], "a style")),
                option("branches", Kind::List(&Kind::Text)),
                option("exact", Kind::Bool),
                option("pattern", Kind::Regex),
            ]),
            "terraform/b" => Some(Vec::new()),
            "invariant/known" => Some(vec![LintOption { name: "any".into(), kind: None }]),
            _ => None,
        };
        let found = config.lint.check_inputs(&options);
        let shown = |found: Diagnostic| {
            let marked = String::from_utf8_lossy(found.location.span.slice(text.as_bytes())).into_owned();
            format!("‹{marked}› {} | {}", found.message, found.help.unwrap_or_default())
        };
        found.into_iter().map(shown).collect()
    }

    #[test]
    fn takes_what_fits() {
        let right = [
            r#""terraform/a" = { style = "sha", branches = ["x"], exact = true, pattern = "^a" }"#,
            r#""terraform/b" = {}"#,
            r#""invariant/known" = { any = { a = 1 } }"#,
        ];
        assert_eq!(mistakes(&right.join(", ")), Vec::<String>::new());
    }

    #[test]
    fn says_what_does_not() {
        let one = |inputs: &str| mistakes(inputs).join("\n");
        assert_eq!(
            one(r#""terraform/a" = { styel = "sha" }"#),
            "‹styel› unknown input `styel` | did you mean `style`? `terraform/a` takes `style`, `branches`, `exact`, `pattern`"
        );
        assert_eq!(one(r#""terraform/b" = { x = 1 }"#), "‹x› unknown input `x` | `terraform/b` takes none");
        assert_eq!(
            one(r#""terraform/a" = { style = "sah" }"#),
            "‹\"sah\"› unknown style `sah` | did you mean `sha`? allowed: `semver`, `sha`"
        );
        assert_eq!(
            one(r#""terraform/a" = { exact = "yes" }"#),
            "‹\"yes\"› expected `true` or `false`, found a string | "
        );
        assert_eq!(one(r#""terraform/a" = { branches = [1] }"#), "‹[1]› expected a string, found a number | ");
        assert_eq!(
            one(r#""terraform/a" = { pattern = "(" }"#),
            "‹\"(\"› `(` is not a regular expression: unclosed group | "
        );
        assert_eq!(
            one(r#""invariant/unknown" = { x = 1 }"#),
            "‹\"invariant/unknown\"› there is no invariant `invariant/unknown` | write one in this file or in one beside it"
        );
    }
}
