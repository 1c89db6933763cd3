//! The `sprag` binary: parses arguments, calls, maps the outcome to an exit status.

fn main() -> std::process::ExitCode {
    sprag::cli::run()
}
