//! A Terraform provider for tests: serves the schemas of bpg/proxmox, hashicorp/tls and hashicorp/random without any
//! infrastructure, so that `terraform init`, `validate`, `plan`, `test` and `apply` run for real, offline.
//!
//! Other tests use [`mirror`], which installs the provider where Terraform finds it. Terraform must run with
//! `TF_DISABLE_PLUGIN_TLS=1`: the plugin server has no TLS, and without the variable Terraform insists on it.
//!
//! By hand, in a module directory:
//!
//! ```sh
//! cargo run --package sprag-test-provider -- install /tmp/mirror
//! TF_DISABLE_PLUGIN_TLS=1 TF_CLI_CONFIG_FILE=/tmp/mirror/terraform.rc terraform init
//! ```
//!
//! A rebuilt provider has another checksum: delete `.terraform.lock.hcl` then, and do not commit it.
//!
//! Plans are those of the real providers as far as the schema files tell. Not told, and so not checked: arguments that
//! exclude or need each other (`conflicts_with`, `exactly_one_of` and the like), regular expressions, `diff_suppressed`.
//!
//! With `SPRAG_TEST_PROVIDER_STATE` naming a JSON file, Proxmox resources live in that file ([`infrastructure`]):
//! editing it is a change by hand that a plan has to find.

pub mod fill;
pub mod generate;
pub mod infrastructure;
pub mod mirror;
pub mod path;
pub mod plan;
pub mod product;
pub mod proto;
pub mod provider;
pub mod replace;
pub mod schema;
pub mod server;
pub mod validate;
pub mod value;
pub mod wire;
