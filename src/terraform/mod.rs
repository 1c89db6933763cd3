//! Terraform modules and their tests as typed, spanned views of parsed files. Knows nothing of lints, values or disks.

pub mod json;
mod module;
mod source;
mod summary;
mod test_file;
mod version;

pub use module::{Declaration, Module, Resource, ResourceMode};
pub use source::{Role, Source};
pub use summary::{Call, ModuleKind, ModuleSummary, classify_modules, is_fixture};
pub use test_file::{Command, Run, TestFile};
pub use version::versions_in;
