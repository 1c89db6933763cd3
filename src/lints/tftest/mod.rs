//! Lints of `*.tftest.hcl` files.

pub(super) mod default_apply;
pub(super) mod duplicate_run;
pub(super) mod empty_file;
pub(super) mod missing_regression_file;
pub(super) mod not_discovered;
pub(super) mod run_without_version;
pub(super) mod uncovered_invariant;
pub(super) mod unknown_version;

use crate::config::Config;
use crate::terraform::TestFile;

/// Where regression tests are, relative to the module.
pub(crate) fn regression_file(config: &Config) -> &str {
    config.regression.file.as_ref().map_or("tests/regression.tftest.hcl", |file| file.value.as_str())
}

/// Whether `test` is the regression file: `wanted` is its path within the module, such as
/// `tests/regression.tftest.hcl`.
pub(crate) fn is_regression_file(test: &TestFile<'_>, wanted: &str) -> bool {
    let name = wanted.rsplit('/').next().unwrap_or(wanted);
    test.source.name == name
}
