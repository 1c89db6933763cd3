//! JSON configuration against Terraform itself: what it accepts, and what its strings mean. Needs no provider and no
//! network. Without `terraform` in the path the tests pass and say so, unless `SPRAG_E2E=required`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail, and says what it skips")]

use std::path::Path;
use std::process::{Command, Output};

use sprag::syntax::hcl;
use sprag::terraform::json::{JsonKind, transliterate};

/// Terraform in `directory`, with an environment and a home of its own.
fn terraform(directory: &Path, arguments: &[&str]) -> std::io::Result<Output> {
    let settings = directory.join("empty.tfrc");
    std::fs::write(&settings, "")?;
    let mut command = Command::new("terraform");
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", directory).env("TF_CLI_CONFIG_FILE", settings).env("CHECKPOINT_DISABLE", "1");
    command.current_dir(directory).args(arguments).output()
}

fn has_terraform() -> bool {
    let directory = tempfile::tempdir().unwrap();
    if terraform(directory.path(), &["version"]).is_ok_and(|output| output.status.success()) {
        return true;
    }
    assert!(std::env::var("SPRAG_E2E").as_deref() != Ok("required"), "SPRAG_E2E=required, but there is no terraform");
    println!("skipped: no terraform");
    false
}

fn terraform_accepts(name: &str, text: &[u8]) -> (bool, String) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join(name), text).unwrap();
    let output = terraform(directory.path(), &["validate", "-no-color"]).unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

fn we_accept(text: &[u8]) -> bool {
    let result = transliterate(text, JsonKind::Module);
    let tree = hcl::parse(&result.text);
    result.all_errors(&tree).is_empty()
}

const MODULES: &[&[u8]] = &[
    b"{}",
    b"[]",
    b" [{}, {\"locals\": {\"a\": 1}}]\r\n",
    b"",
    b"3",
    b"\"a\"",
    b"[1]",
    b"[[]]",
    b"\xef\xbb\xbf{}",
    b"{} {}",
    b"{,}",
    b"// c\n{}",
    br#"{"locals":{"a":1,}}"#,
    br#"{"locals":{"a":[1,]}}"#,
    br#"{"locals":{"a":01}}"#,
    br#"{"locals":{"a":-0.5E+3}}"#,
    br#"{"locals":{"a":1.}}"#,
    br#"{"locals":{"a":+1}}"#,
    br#"{"locals":{"a":1e99999999999}}"#,
    br#"{"locals":{"a":1e646456992}}"#,
    br#"{"locals":{"a":1e-99999999999}}"#,
    br#"{"locals":{"a":123456789012345678901234567890123456789}}"#,
    br#"{"locals":{"a":True}}"#,
    br#"{"locals":{"a":"\x"}}"#,
    br#"{"locals":{"a":"\u12"}}"#,
    br#"{"locals":{"a":"\ud800"}}"#,
    br#"{"locals":{"a":"\/\b\f"}}"#,
    b"{\"locals\":{\"a\":\"x\xffy\"}}",
    b"{\"locals\":{\"a\":\"x\ty\"}}",
    b"{\"locals\":{\"a\":\"x\ny\"}}",
    b"{\"locals\":{\"a\":\"x\x7fy\"}}",
    br#"{"locals":{"a":1,"a":2}}"#,
    br#"{"locals":{"a":1},"locals":{"b":2}}"#,
    br#"{"locals":[{"a":1},{"b":2}]}"#,
    br#"{"locals":[[{"a":1}]]}"#,
    br#"{"locals":null}"#,
    br#"{"locals":3}"#,
    br#"{"locals":{"1a":2}}"#,
    br#"{"locals":{"//":2,"a-b":1}}"#,
    br#"{"locals":{"a":{"x":1,"x":2}}}"#,
    br#"{"locals":{"a":{"${upper(\"x\")}":1}}}"#,
    br#"{"locals":{"a":{"//":1}}}"#,
    br#"{"locals":{"a":"${"}}"#,
    br#"{"locals":{"a":"${1 + }"}}"#,
    br#"{"locals":{"a":"${1} }"}}"#,
    br#"{"locals":{"a":"${1\n+ 2}"}}"#,
    br#"{"locals":{"a":"${\"x\ny\"}"}}"#,
    br#"{"locals":{"a":"%{ if true }x%{ endif }"}}"#,
    br#"{"locals":{"a":"%{ if true }x"}}"#,
    br#"{"locals":{"a":"$${ %%{ $ % {"}}"#,
    br#"{"locals":{"a":"${<<E\nx\nE\n}"}}"#,
    br#"{"variable":{}}"#,
    br#"{"variable":[]}"#,
    br#"{"variable":null}"#,
    br#"{"variable":{"a":null}}"#,
    br#"{"variable":{"a":[]}}"#,
    br#"{"variable":{"a":3}}"#,
    br#"{"variable":{"//":"c"}}"#,
    br#"{"variable":[{"a":{}},{"b":[{}]}]}"#,
    br#"{"variable":{"a":{"type":"list(string)","default":["${"],"description":"${x"}}}"#,
    br#"{"variable":{"a":{"type":"${string}"}}}"#,
    br#"{"variable":{"a":{"type":"list("}}}"#,
    br#"{"variable":{"a":{"type":"string","type":"string"}}}"#,
    br#"{"variable":{"a":{"validation":{"condition":"${var.a != \"\"}","error_message":"Set a."}}}}"#,
    br#"{"output":{"a":{"value":"${local.b}","depends_on":["local.b"]}},"locals":{"b":1}}"#,
    br#"{"output":{"a":{"value":1,"depends_on":["${local.b}"]}},"locals":{"b":1}}"#,
    br#"{"output":{"a":{"value":1,"depends_on":["a b"]}}}"#,
    br#"{"terraform":{"required_version":">= 1.0","backend":{"local":{"path":"${x"}}}}"#,
    br#"{"terraform":[{"required_version":">= 1.0"},{}]}"#,
    br#"{"resource":{"terraform_data":"x"}}"#,
    br#"{"resource":{"terraform_data":{}}}"#,
    br#"{"locals":{"a":true},"check":{"c":{"assert":[{"condition":"${local.a}","error_message":"No."}]}}}"#,
    br#"{"resource":{"terraform_data":{"b":{},"a":{"//":"c","input":["x"],"depends_on":["terraform_data.b"],
        "provisioner":[{"local-exec":{"command":"true","when":"destroy"}}],
        "lifecycle":{"ignore_changes":"all","replace_triggered_by":["terraform_data.b[0]"],"prevent_destroy":"true"}}}}}"#,
    br#"{"resource":{"terraform_data":{"a":{"input":1,"input":2}}}}"#,
    br#"{"resource":{"terraform_data":{"a":{"foo bar":1}}}}"#,
    br#"{"resource":{"terraform_data":{"a":{"lifecycle":{"ignore_changes":["input[0].x", " output "]}}}}}"#,
    br#"{"resource":{"terraform_data":{"a":{"lifecycle":{"ignore_changes":["*"]}}}}}"#,
    br#"{"resource":{"terraform_data":{"a":{"lifecycle":{"ignore_changes":["${input}"]}}}}}"#,
    br#"{"resource":{"terraform_data":{"b":{},"a":{"lifecycle":{"replace_triggered_by":["${terraform_data.b}"]}}}}}"#,
    br#"{"resource":{"terraform_data":{"b":{},"a":{"depends_on":["terraform_data.b[*]"]}}}}"#,
    br#"{"resource":{"terraform_data":{"a":{"provider":"${terraform}"}}}}"#,
    br#"{"resource":{"terraform_data":{"a":{"provisioner":{"local-exec":{"command":"true","when":"${destroy}"}}}}}}"#,
    br#"{"moved":{"from":"terraform_data.z","to":"terraform_data.a"},"resource":{"terraform_data":{"a":{}}}}"#,
    br#"{"import":{"to":"terraform_data.a","id":"x${1}"},"resource":{"terraform_data":{"a":{}}}}"#,
    br#"{"import":{"to":"${terraform_data.a}","id":"x"},"resource":{"terraform_data":{"a":{}}}}"#,
    br#"{"removed":{"from":"terraform_data.a","lifecycle":{"destroy":false}}}"#,
    br#"{"//":{"any":["thing"]}}"#,
];

#[test]
fn accepts_what_terraform_accepts() {
    if !has_terraform() {
        return;
    }
    let mut wrong = Vec::new();
    for text in MODULES {
        let (accepts, said) = terraform_accepts("main.tf.json", text);
        if accepts != we_accept(text) {
            wrong.push(format!("{}\nterraform accepts: {accepts}\n{said}", String::from_utf8_lossy(text)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Values whose meaning depends on how a string is read.
const VALUES: &[&str] = &[
    r#""plain""#,
    r#""a\"b\\c\/d\ne\tf\rg\bh\fi""#,
    r#""\u00e9 \ud83d\ude00 \ud800 é""#,
    r#""\u0000\u0001\u007f\u2028""#,
    r#""$${a} %%{b} $ % { } $$$${c} $a %b""#,
    r#""\u0024{1 + 1}""#,
    r#""${1 + 1}""#,
    r#""x${1 + 1}""#,
    r#""${true}""#,
    r#""${[1, \"two\"]}""#,
    r#""${{a = 1, b = {c = \"}\"}}}""#,
    r#""${join(\",\", [\"a\\n\", \"b\\\"c\"])}\n\\n""#,
    r#""${1\n+ 2}""#,
    r#""${<<E\nq \"x\" ${1}\nE\n}!""#,
    r#""${<<E\nq\nE\n}""#,
    r#""%{ if true }\"yes\"\n%{ else }no%{ endif }""#,
    r#""%{ for x in [1, 2] ~}\n  ${x}\n%{ endfor ~}\n end""#,
    r#""a \n ${~ 1 ~} \n  b \n ${2 ~}\n\n c""#,
    r#""${upper(\"a${lower(\"B\")}\")} \\${1}""#,
    r#""_E\n__E\n${1}""#,
    r#"{"a b":1,"${upper(\"k\")}":["${1}",null,true],"n":{"$${x}":-1.5e3}}"#,
    r#"[[],{},"",0,1e2,12345678901234567890]"#,
    r#"{"for":1,"if":"${false ? 1 : 2}"}"#,
    r#""x \n\n${~ 1 ~}  y  ${~ 2 ~}\n\n\n  %{~ if true ~}  z  %{~ endif ~}  ""#,
    r#""$ ${~ 1 ~} % ${~ 2 ~}   ${~ \"${~ 3 ~}  \" ~} a ${4}""#,
    r#""line\n\nline ${1}\r\n""#,
];

/// The module's outputs after `terraform apply`.
fn outputs(name: &str, text: &[u8]) -> serde_json::Value {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join(name), text).unwrap();
    let applied = terraform(directory.path(), &["apply", "-auto-approve", "-no-color"]).unwrap();
    let said = [applied.stdout, applied.stderr].concat();
    assert!(applied.status.success(), "{}\n{}", String::from_utf8_lossy(text), String::from_utf8_lossy(&said));
    let output = terraform(directory.path(), &["output", "-json"]).unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn values_are_those_of_terraform() {
    if !has_terraform() {
        return;
    }
    let parts: Vec<String> = VALUES
        .iter()
        .enumerate()
        .map(|(number, value)| {
            format!(r#""v{number}":{{"value":{value}}}, "d{number}":{{"value":"${{var.v{number}}}"}}"#)
        })
        .collect();
    let defaults: Vec<String> =
        VALUES.iter().enumerate().map(|(number, value)| format!(r#""v{number}":{{"default":{value}}}"#)).collect();
    let file = format!(r#"{{"variable":{{{}}},"output":{{{}}}}}"#, defaults.join(","), parts.join(","));

    let result = transliterate(file.as_bytes(), JsonKind::Module);
    let tree = hcl::parse(&result.text);
    assert_eq!(result.all_errors(&tree), []);
    let expected = outputs("main.tf.json", file.as_bytes());
    let native = outputs("main.tf", &result.text);
    let text = String::from_utf8_lossy(&result.text);
    for (name, output) in expected.as_object().unwrap() {
        assert_eq!(native[name]["value"], output["value"], "{name} in\n{text}");
    }

    // Strings that we can tell without evaluating anything.
    let mut literal = 0;
    for block in hcl::Document::new(&tree, &result.text).root().blocks_of("output") {
        if let Some(string) = block.body().value("value").and_then(hcl::ExprView::as_string) {
            literal += 1;
            assert_eq!(expected[block.label(0).unwrap().as_ref()]["value"], string.as_ref());
        }
    }
    assert!(literal >= 5, "{literal}");
}

/// What `terraform` prints on success in a directory with these files.
fn run(files: &[(&str, &[u8])], arguments: &[&str]) -> String {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let output = terraform(directory.path(), arguments).unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    said
}

fn native(text: &str, kind: JsonKind) -> Vec<u8> {
    let result = transliterate(text.as_bytes(), kind);
    let tree = hcl::parse(&result.text);
    assert_eq!(result.all_errors(&tree), []);
    result.text
}

#[test]
fn variables_files_mean_the_same() {
    if !has_terraform() {
        return;
    }
    let module: &[u8] = b"variable \"v\" {}\noutput \"v\" { value = jsonencode(var.v) }\n";
    let json = r#"{"v":["${x}","$${y}","%{","a\"b\\c\nd",{"k ${":[1,null,true]}]}"#;
    let ours = native(json, JsonKind::Variables);
    let plan = ["plan", "-no-color"];
    let expected = run(&[("main.tf", module), ("terraform.tfvars.json", json.as_bytes())], &plan);
    assert!(expected.contains("${x}"), "{expected}");
    assert_eq!(run(&[("main.tf", module), ("terraform.tfvars", &ours)], &plan), expected);
}

#[test]
fn test_files_mean_the_same() {
    if !has_terraform() {
        return;
    }
    let module: &[u8] = br#"
variable "v" {
  default = "d"
  validation {
    condition     = var.v != "bad"
    error_message = "Bad."
  }
}
output "o" { value = var.v }
"#;
    let json = r#"{"//":"c","variables":{"v":"x${1+1}"},"run":[
        {"one":{"command":"plan","plan_options":{"mode":"normal","refresh":true},
            "assert":[{"condition":"${output.o == \"x2\"}","error_message":"no ${var.v}"}]}},
        {"two":{"variables":{"v":"bad"},"command":"plan","expect_failures":["var.v"]}},
        {"three":{"variables":{"v":"${run.one.o}!"},"assert":{"condition":"${output.o == \"x2!\"}","error_message":"no"}}}]}"#;
    let ours = native(json, JsonKind::Test);
    let expected = run(&[("main.tf", module), ("a.tftest.json", json.as_bytes())], &["test", "-no-color"]);
    assert!(expected.contains("3 passed"), "{expected}");
    let said = run(&[("main.tf", module), ("a.tftest.hcl", &ours)], &["test", "-no-color"]);
    assert_eq!(said.replace("tftest.hcl", "tftest.json"), expected);
}
