//! The bundled lints: the registry, and one file for each lint that is written in Rust, mirroring `lints/`.

mod alerts;
mod proxmox;
mod registry;
mod terraform;
mod tftest;

pub use registry::LINTS;
