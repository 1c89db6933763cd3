//! The real terraform's side: one plan that calls many modules with many inputs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::value::RawValue;
use sprag::eval::Value;

use super::concrete::{type_of, value_of};
use crate::common::e2e::Sandbox;

/// A module with one output of expressions, and what it is called with.
pub struct Called {
    /// Its text.
    pub text: String,
    /// The arguments of each call, as expressions.
    pub inputs: Vec<BTreeMap<String, String>>,
}

/// What became of the expressions of one call, by name; nothing where terraform fails.
pub type Results = BTreeMap<String, Option<Value>>;

/// Plans all calls of all modules: their results by module and by call. There are none where terraform itself panics.
pub fn plan(sandbox: &Sandbox, modules: &[Called]) -> Vec<Vec<Results>> {
    match try_plan(sandbox, modules) {
        Ok(results) => results,
        Err(told) if !told.contains("panic in function implementation") => panic!("{told}"),
        Err(_) if modules.len() == 1 => vec![vec![Results::new(); modules[0].inputs.len()]],
        Err(_) => modules.iter().flat_map(|module| plan(sandbox, std::slice::from_ref(module))).collect(),
    }
}

fn try_plan(sandbox: &Sandbox, modules: &[Called]) -> Result<Vec<Vec<Results>>, String> {
    let directory = tempfile::tempdir_in(sandbox.path("")).unwrap();
    let mut root = String::new();
    for (number, module) in modules.iter().enumerate() {
        let place = directory.path().join(format!("m{number}"));
        std::fs::create_dir(&place).unwrap();
        std::fs::write(place.join("main.tf"), &module.text).unwrap();
        for (call, input) in module.inputs.iter().enumerate() {
            let name = format!("m{number}_{call}");
            writeln!(root, "module \"{name}\" {{\n  source = \"./m{number}\"").unwrap();
            for (variable, text) in input {
                writeln!(root, "  {variable} = {text}").unwrap();
            }
            writeln!(root, "}}\noutput \"{name}\" {{\n  value = module.{name}.all\n}}").unwrap();
        }
    }
    std::fs::write(directory.path().join("main.tf"), root).unwrap();
    if let Some(kept) = std::env::var_os("SPRAG_EVAL_KEEP") {
        crate::common::copy_tree(directory.path(), Path::new(&kept));
    }
    let names: Vec<Vec<String>> = modules
        .iter()
        .enumerate()
        .map(|(number, module)| (0..module.inputs.len()).map(|call| format!("m{number}_{call}")).collect())
        .collect();
    let mut results = run(sandbox, directory.path(), &names.concat())?.into_iter();
    Ok(names.iter().map(|calls| results.by_ref().take(calls.len()).collect()).collect())
}

/// Plans the configuration in `directory`: the results in these outputs.
pub fn run(sandbox: &Sandbox, directory: &Path, outputs: &[impl AsRef<str>]) -> Result<Vec<Results>, String> {
    let run = |arguments: &[&str]| {
        let output = sandbox.terraform(directory, arguments);
        let told = [output.stdout.as_slice(), &output.stderr].concat();
        let failed = || format!("terraform {arguments:?}:\n{}", String::from_utf8_lossy(&told));
        if output.status.success() { Ok(output.stdout) } else { Err(failed()) }
    };
    run(&["init", "-no-color", "-input=false", "-backend=false"])?;
    run(&["plan", "-no-color", "-input=false", "-refresh=false", "-out=plan"])?;
    let shown: Shown = serde_json::from_slice(&run(&["show", "-json", "plan"])?).unwrap();
    let results = |name: &str| {
        let output = &shown.planned_values.outputs[name];
        // There is no value where terraform does not know a part, which happens where it stumbles over itself.
        let (Some(value), Some(ty)) = (&output.value, &output.ty) else { return Results::new() };
        let all: BTreeMap<String, Box<RawValue>> = serde_json::from_str(value.get()).unwrap();
        all.iter().map(|(key, value)| (key.clone(), result(value, &ty[1][key]))).collect()
    };
    Ok(outputs.iter().map(|name| results(name.as_ref())).collect())
}

fn result(json: &RawValue, ty: &serde_json::Value) -> Option<Value> {
    // `null` in an object is a value too, so options of serde do not tell it from nothing.
    let wrapped: BTreeMap<String, Box<RawValue>> = serde_json::from_str(json.get()).ok()?;
    Some(value_of(&wrapped["v"], &type_of(&ty[1]["v"])))
}

#[derive(serde::Deserialize)]
struct Shown {
    planned_values: Planned,
}

#[derive(serde::Deserialize)]
struct Planned {
    outputs: BTreeMap<String, Output>,
}

#[derive(serde::Deserialize)]
struct Output {
    value: Option<Box<RawValue>>,
    #[serde(rename = "type")]
    ty: Option<serde_json::Value>,
}
