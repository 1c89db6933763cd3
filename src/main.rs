//! The `sprag` binary: parses arguments, calls, maps the outcome to an exit status.

/// A linter allocates much and seldom keeps it; musl's own allocator is slow at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    sprag::cli::run()
}
