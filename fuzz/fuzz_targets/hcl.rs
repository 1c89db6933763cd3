//! The HCL parser: no input makes it panic, and what must hold of any text holds.

#![no_main]

#[path = "../../tests/hcl_invariants/mod.rs"]
mod hcl_invariants;

libfuzzer_sys::fuzz_target!(|text: &[u8]| hcl_invariants::check(text));
