//! The cases of `terraform/reference-cycle`, for the real terraform: it refuses the bad ones for their circle, and takes
//! the good ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;

use common::e2e::{Sandbox, skip};

/// What `terraform validate` says of a case.
fn validate(sandbox: &Sandbox, case: &Path, kind: &str) -> (bool, String) {
    let directory = sandbox.path(kind).join(case.file_name().unwrap());
    if case.is_dir() {
        common::copy_tree(case, &directory);
    } else {
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::copy(case, directory.join("main.tf")).unwrap();
    }
    // Loading finds some of it.
    let init = sandbox.terraform(&directory, &["init", "-input=false", "-no-color"]);
    if !init.status.success() {
        return (false, String::from_utf8_lossy(&init.stderr).into_owned());
    }
    let output = sandbox.terraform(&directory, &["validate", "-no-color"]);
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn terraform_says_the_same() {
    let Some(sandbox) = Sandbox::with_providers() else { return skip("terraform") };
    let folder = common::root().join("lints/terraform/reference-cycle");
    let (bad, good) = (common::cases(&folder, "bad"), common::cases(&folder, "good"));
    assert!(bad.len() > 10 && good.len() > 3, "{bad:?} {good:?}");
    for case in bad {
        let (valid, said) = validate(&sandbox, &case, "bad");
        assert!(!valid && (said.contains("Cycle:") || said.contains("Self-referential")), "{}: {said}", case.display());
    }
    // Single files call modules that are not there.
    for case in good.iter().filter(|case| case.is_dir()) {
        let (valid, said) = validate(&sandbox, case, "good");
        assert!(valid, "{}: {said}", case.display());
    }
}
