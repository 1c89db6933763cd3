//! YAML text to a spanned tree, as `yaml.v3` reads it (the Go library under Prometheus and Kubernetes): every document
//! of a stream, keys in order, merge keys, aliases as shared nodes, comments, and a map from each offset in a decoded
//! value back to the file. Knows nothing of rule files.
//!
//! ```
//! let stream = sprag::syntax::yaml::parse(b"groups:\n- name: disk\n");
//! let root = stream.documents()[0].root(&stream);
//! let group = root.get("groups").and_then(|groups| groups.items().next());
//! assert_eq!(group.and_then(|group| group.get("name")).and_then(|name| name.text()), Some("disk"));
//! ```

mod block_scalar;
mod build;
mod events;
mod flow_scalar;
mod holes;
mod loose_quotes;
mod resolve;
mod scalar_map;
mod simple;
mod tree;

pub use build::parse;
pub use holes::{foreign_hole, template_hole};
pub use resolve::Plain;
pub use scalar_map::{Run, ScalarMap};
pub use tree::{Comment, Document, Entry, Node, Scalar, Stream, Style};

#[cfg(test)]
mod tests;
