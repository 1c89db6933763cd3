//! The plugin process: finds out which provider it is, shakes hands with Terraform, serves until told to stop.
//!
//! go-plugin's handshake (<https://github.com/hashicorp/go-plugin/blob/main/docs/internals.md>) is one line on standard
//! output: core protocol 1, provider protocol 6, the socket, `grpc`. A line that is anything else is shown to the user.

use sprag_test_provider::infrastructure::{Infrastructure, VARIABLE};
use sprag_test_provider::mirror::install_mirror;
use sprag_test_provider::product::Product;
use sprag_test_provider::provider::Provider;
use sprag_test_provider::server;
use std::env;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::os::unix::process::parent_id;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::UnixListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// What Terraform sets to say that it, and not a person, starts a plugin.
const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

fn main() -> ExitCode {
    match run() {
        Ok(status) => ExitCode::from(status),
        Err(message) => {
            let _ = writeln!(io::stdout(), "{message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<u8, String> {
    // Noted before anything else: who is killed early must still be missed.
    let parent = parent_id();
    let mut arguments = env::args_os();
    let executable = PathBuf::from(arguments.next().unwrap_or_default());
    let Some(product) = Product::from_executable(&executable) else {
        return install(arguments.next().as_deref(), arguments.next().as_deref());
    };
    if env::var(COOKIE.0).as_deref() != Ok(COOKIE.1) {
        return Err("this is a Terraform plugin: terraform starts it, a person cannot use it directly".to_owned());
    }
    if env::var_os("PLUGIN_CLIENT_CERT").is_some() {
        return Err(
            "the test provider has no TLS: set TF_DISABLE_PLUGIN_TLS=1 in the environment of terraform".to_owned()
        );
    }
    let infrastructure = env::var_os(VARIABLE).filter(|file| !file.is_empty()).map(PathBuf::from);
    let provider = Provider::new(product, infrastructure.map(Infrastructure::new))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| format!("cannot start: {error}"))?.block_on(serve(provider, parent))
}

/// Under its own name the binary only installs itself as the three providers.
fn install(command: Option<&OsStr>, directory: Option<&OsStr>) -> Result<u8, String> {
    let (Some("install"), Some(directory)) = (command.and_then(OsStr::to_str), directory) else {
        return Err("usage: sprag-test-provider install DIRECTORY".to_owned());
    };
    let installed = env::current_exe().and_then(|binary| install_mirror(Path::new(directory), &binary));
    let config = installed.map_err(|error| format!("{}: {error}", Path::new(directory).display()))?;
    let text = format!("TF_DISABLE_PLUGIN_TLS=1 TF_CLI_CONFIG_FILE={} terraform init\n", config.display());
    io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())?;
    Ok(0)
}

/// Serves until Shutdown, a fault, SIGTERM or the end of the parent process; gives the exit status.
async fn serve(provider: Provider, parent: u32) -> Result<u8, String> {
    let socket = Socket::new();
    let describe = |error: io::Error| format!("{}: {error}", socket.0.display());
    let listener = UnixListener::bind(&socket.0).map_err(describe)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(describe)?;
    // Ctrl-C reaches the whole process group; it is Terraform that decides then when the provider stops.
    let _interrupt = signal(SignalKind::interrupt()).map_err(describe)?;
    let (stop, mut stopped) = mpsc::unbounded_channel();
    let mut stdout = io::stdout();
    writeln!(stdout, "1|6|unix|{}|grpc", socket.0.display()).and_then(|()| stdout.flush()).map_err(describe)?;
    tokio::spawn(server::serve(listener, Arc::new(provider), stop));
    let status = tokio::select! {
        status = stopped.recv() => status.unwrap_or(0),
        _ = terminate.recv() => 0,
        () = end_of(parent) => 0,
    };
    // Lets the connection send what is answered already, the answer to Shutdown above all.
    tokio::time::sleep(Duration::from_millis(10)).await;
    Ok(u8::try_from(status & 0xff).unwrap_or(1))
}

/// Returns when Terraform is gone, even if it was killed and could say nothing.
async fn end_of(parent: u32) {
    while parent_id() == parent {
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

/// The path of the socket; the file is removed when this is dropped.
struct Socket(PathBuf);

impl Socket {
    fn new() -> Self {
        let directory = env::var_os("PLUGIN_UNIX_SOCKET_DIR").filter(|directory| !directory.is_empty());
        let directory = directory.map_or_else(env::temp_dir, PathBuf::from);
        // A process that was killed leaves its socket behind, and process numbers come again: the clock keeps them apart.
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_nanos());
        Self(directory.join(format!("sprag-test-provider-{}-{nanos:x}.sock", std::process::id())))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
