//! Runs `promtool check rules` on many expressions or templates at once: a rule that is wrong hides no other.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Command;

/// What promtool says of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Accepted,
    Rejected(String),
}

/// The verdict on each expression, `None` where there is no promtool.
pub fn check_expressions(expressions: &[String]) -> Option<Vec<Verdict>> {
    check(expressions, |index, expression| format!("  - {{record: 'r{index}', expr: {expression}}}\n"))
}

/// The verdict on each template as an annotation, `None` where there is no promtool.
pub fn check_templates(templates: &[String]) -> Option<Vec<Verdict>> {
    check(templates, |index, template| format!("  - {{alert: 'r{index}', expr: up, annotations: {{a: {template}}}}}\n"))
}

fn check(texts: &[String], rule: impl Fn(usize, &str) -> String) -> Option<Vec<Verdict>> {
    let version = Command::new("promtool").arg("--version").output();
    if !version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("version 2.42")) {
        let required = std::env::var("SPRAG_E2E").is_ok_and(|value| value == "required");
        assert!(!required, "promtool 2.42 is required and not there");
        println!("skipped: no promtool");
        return None;
    }
    let mut rules = "groups:\n- name: g\n  rules:\n".to_owned();
    for (index, text) in texts.iter().enumerate() {
        // A first line of its own keeps an empty text from being an absent one.
        rules.push_str(&rule(index, &quote(text)));
    }
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(rules.as_bytes()).expect("it can be written");
    let output = Command::new("promtool").args(["check", "rules"]).arg(file.path()).output().expect("promtool runs");
    let mut verdicts = vec![Verdict::Accepted; texts.len()];
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        if let Some((index, message)) = rule_error(line) {
            verdicts[index] = Verdict::Rejected(message.to_owned());
        }
    }
    let rejected = verdicts.iter().any(|verdict| *verdict != Verdict::Accepted);
    assert_eq!(output.status.success(), !rejected, "promtool said {}", String::from_utf8_lossy(&output.stderr));
    Some(verdicts)
}

/// The rule that an error line speaks of: `FILE:1:2: group "g", rule 3, "r2": MESSAGE`.
fn rule_error(line: &str) -> Option<(usize, &str)> {
    let (number, rest) = line.split_once("group \"g\", rule ")?.1.split_once(',')?;
    let message = rest.split_once(": ").map_or("", |(_, message)| message);
    Some((number.parse::<usize>().ok()? - 1, message))
}

/// A double-quoted YAML scalar of printable ASCII.
fn quote(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            ' '..='~' => quoted.push(letter),
            _ => write!(quoted, "\\U{:08x}", u32::from(letter)).expect("writing to a string"),
        }
    }
    quoted + "\""
}
