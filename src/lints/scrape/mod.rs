//! Lints of what stands around rules: scraping, Alertmanager, deployment.

pub(super) mod dead_inhibit;
pub(super) mod textfile_directory;
pub(super) mod unknown_job;
