//! Runs a real terraform against the provider: init, validate, plan, apply and test, with and without mocks, offline.
//!
//! Without terraform on PATH the tests say so and pass, unless `SPRAG_E2E=required`.

mod drift;
mod every_type;
mod sandbox;

use sandbox::{MODULE, Sandbox, finish};
use sprag_test_provider::mirror::built_binary;
use std::path::Path;

#[test]
fn init_validate_and_test_work_without_mocks() {
    let Some(sandbox) = Sandbox::initialized() else { return };
    sandbox.succeeds(&["validate"]);
    sandbox.write("tests/real.tftest.hcl", include_str!("module/real.tftest.hcl"));
    assert!(sandbox.succeeds(&["test"]).contains("2 passed, 0 failed"));
    assert_eq!(sandbox.sockets(), 0, "sockets must be removed");
}

#[test]
fn tests_work_with_mocks() {
    let Some(sandbox) = Sandbox::initialized() else { return };
    sandbox.write("tests/mock.tftest.hcl", include_str!("module/mock.tftest.hcl"));
    assert!(sandbox.succeeds(&["test"]).contains("2 passed, 0 failed"));
}

#[test]
fn assertion_on_an_unknown_value_fails() {
    let Some(sandbox) = Sandbox::initialized() else { return };
    sandbox.write("tests/failing.tftest.hcl", include_str!("module/unknown.tftest.hcl"));
    let text = sandbox.exits(1, &["test"]);
    assert!(text.contains("Unknown condition value"), "{text}");
}

#[test]
fn wrong_values_are_errors_at_their_place() {
    let Some(sandbox) = Sandbox::initialized() else { return };
    let text = sandbox.exits(1, &["plan", "-var=bios=efi"]);
    assert!(text.contains(r#"bios: expected one of "ovmf", "seabios", got "efi""#), "{text}");
    assert!(text.contains("bios      = var.bios"), "the source line must be shown:\n{text}");
    sandbox.write("main.tf", &MODULE.replace("    path   = \"/data\"\n", ""));
    assert!(sandbox.exits(1, &["validate"]).contains(r#"The argument "path" is required"#));
}

#[test]
fn applied_resources_conform_until_they_are_changed() {
    let Some(sandbox) = Sandbox::initialized() else { return };
    sandbox.succeeds(&["apply", "-auto-approve"]);
    sandbox.succeeds(&["plan", "-detailed-exitcode"]);
    let text = sandbox.exits(2, &["plan", "-detailed-exitcode", "-var=bridge=vmbr1"]);
    assert!(text.contains("0 to add, 2 to change, 0 to destroy"), "{text}");
    sandbox.write(
        "main.tf",
        &MODULE.replace("\"/data\"", "\"/srv\"").replace("[\"web\", \"prod\"]", "[\"prod\", \"web\"]"),
    );
    let text = sandbox.exits(2, &["plan", "-detailed-exitcode"]);
    assert!(text.contains("1 to add, 0 to change, 1 to destroy") && text.contains("forces replacement"), "{text}");
    sandbox.succeeds(&["destroy", "-auto-approve"]);
}

#[test]
fn built_binary_is_found() {
    let found = built_binary().unwrap();
    assert_eq!(
        found.canonicalize().unwrap(),
        Path::new(env!("CARGO_BIN_EXE_sprag-test-provider")).canonicalize().unwrap()
    );
}

#[test]
fn missing_variable_is_named() {
    let Some(sandbox) = Sandbox::initialized() else { return };
    let mut command = sandbox.command(&["validate"]);
    command.env_remove("TF_DISABLE_PLUGIN_TLS");
    let (output, text) = finish(command);
    assert!(!output.status.success() && text.contains("TF_DISABLE_PLUGIN_TLS=1"), "{text}");
}
