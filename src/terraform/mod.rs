//! Terraform modules and their tests as typed, spanned views of parsed files. Knows nothing of lints, values or disks.

mod binding;
mod dependencies;
mod interface;
pub mod json;
mod module;
mod overrides;
mod providers;
mod reference;
mod regression;
mod release;
pub mod schemas;
mod sites;
mod source;
mod summary;
mod survey;
mod suspicion;
mod test_file;
mod typed;
mod types;
mod unused;
mod version;

pub use binding::{Binding, Locks};
pub use dependencies::{Callees, Cycle, Dependencies};
pub use interface::{Argument, Input, Interface, OutputRead, Passed};
pub use module::{Declaration, Instances, Module, Resource, ResourceMode};
pub use providers::{ProviderReference, Requirement, required_providers};
pub use reference::{Laziness, Reference, Step, visit_references};
pub use regression::{RegressionRun, named_versions};
pub use sites::{Site, visit_expressions};
pub use source::{Role, Source};
pub use summary::{Call, Contracts, ModuleKind, ModuleSummary, classify_modules, is_fixture};
pub use survey::{Place, Survey, Wrapper, key_name};
pub use test_file::{Command, Run, TestFile};
pub use types::{AttributeType, ObjectType, Type};
pub use unused::{Unused, UnusedKind, settle_unused};
pub use version::versions_in;
