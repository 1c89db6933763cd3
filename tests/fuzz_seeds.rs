//! Replays the seeds of the fuzz targets through the same checks, so that what a fuzzer once found stays found.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // helpers of tests, which clippy does not take for tests

mod hcl_invariants;

#[test]
fn hcl_seeds_hold() {
    let seeds = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/hcl");
    let mut count = 0;
    for entry in std::fs::read_dir(&seeds).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        hcl_invariants::check(&std::fs::read(&path).unwrap());
        count += 1;
    }
    assert!(count >= 24, "only {count} seeds in {}", seeds.display());
}
