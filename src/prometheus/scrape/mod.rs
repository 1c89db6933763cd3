//! What Prometheus configurations say about scraping: jobs, the labels of their targets, what relabelling does to series,
//! external labels, intervals, rule files. Made from text; nothing reads a file. What is filled in by a template, or what
//! service discovery brings, is open: nothing is claimed of it.
//!
//! ```
//! use sprag::diagnostic::FileId;
//! use sprag::prometheus::scrape::{self, LabelSet, ScrapeModel};
//!
//! let text = b"scrape_configs:\n- job_name: node\n  static_configs:\n  - targets: ['pve1:9100']\n    labels: {role: host}\n";
//! let file = scrape::read(FileId(0), "prometheus.yml", text).unwrap();
//! let model = ScrapeModel::new(vec![file]);
//! let series = model.scraped(Some("node_load1"), &LabelSet::default(), &|job| job == "node");
//! assert!(series.labels.has("role") && series.labels.labels["instance"].may_be("pve1:9100"));
//! assert!(!series.labels.may_have("rack"));
//! ```

mod file;
mod labels;
mod model;
mod pattern;
mod reader;
mod relabel;

pub use file::{Job, Placed, ScrapeFile};
pub use labels::{Label, LabelSet, Presence};
pub use model::{Clash, FilePattern, ScrapeModel, Scraped, names_file};
pub use pattern::Pattern;
pub use reader::{might_configure_scraping, read, read_named};
pub use relabel::{Action, Relabel};

#[cfg(test)]
mod tests;
