//! The real terraform as an oracle: what expressions evaluate to, hundreds of them in one plan.

use serde_json::Value;
use serde_json::value::RawValue;

use super::e2e::Sandbox;

/// What became of one expression.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Its value and its type, as `terraform show -json` writes them.
    Value { value: Box<RawValue>, ty: Value },
    /// Terraform could not evaluate it.
    Failure,
    /// Terraform does not know the value before it applies.
    Unknown,
}

/// Evaluates `expressions`, which must all be well-formed; `preamble` is further configuration.
///
/// Infinities and values that are no JSON fail the whole plan, so expressions must not yield them.
pub fn evaluate(sandbox: &Sandbox, preamble: &str, expressions: &[String]) -> Vec<Outcome> {
    let directory = tempfile::tempdir_in(sandbox.path("")).unwrap();
    let mut text = preamble.to_owned();
    for (index, expression) in expressions.iter().enumerate() {
        text.push_str(&format!("output \"o{index}\" {{\n  value = try({{ v = {expression} }}, \"failure\")\n}}\n"));
    }
    std::fs::write(directory.path().join("main.tf"), &text).unwrap();
    let plan = sandbox.terraform(directory.path(), &["plan", "-no-color", "-input=false", "-out=plan"]);
    assert!(plan.status.success(), "terraform plan:\n{}", String::from_utf8_lossy(&plan.stderr));
    let shown = sandbox.terraform(directory.path(), &["show", "-json", "plan"]);
    assert!(shown.status.success(), "terraform show:\n{}", String::from_utf8_lossy(&shown.stderr));
    let shown: Shown = serde_json::from_slice(&shown.stdout).unwrap();
    (0..expressions.len())
        .map(|index| {
            let output = shown.planned_values.outputs.get(&format!("o{index}"));
            let Some((value, ty)) = output.and_then(|output| Some((output.value.as_ref()?, output.ty.as_ref()?)))
            else {
                return Outcome::Unknown;
            };
            match (serde_json::from_str::<Wrapped>(value.get()), &ty[1]["v"]) {
                (Ok(Wrapped { v: Some(value) }), ty) => Outcome::Value { value, ty: ty.clone() },
                (Ok(Wrapped { v: None }), _) => Outcome::Unknown,
                (Err(_), _) => Outcome::Failure,
            }
        })
        .collect()
}

#[derive(serde::Deserialize)]
struct Shown {
    planned_values: Planned,
}

#[derive(serde::Deserialize)]
struct Planned {
    #[serde(default)]
    outputs: std::collections::BTreeMap<String, Output>,
}

#[derive(serde::Deserialize)]
struct Output {
    value: Option<Box<RawValue>>,
    #[serde(rename = "type")]
    ty: Option<Value>,
}

#[derive(serde::Deserialize)]
struct Wrapped {
    v: Option<Box<RawValue>>,
}
