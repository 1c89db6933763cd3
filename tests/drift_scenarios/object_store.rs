//! State stores for tests: moto's S3 server, and servers that answer everything in the same way. All listen on a free port
//! of the loopback interface.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use crate::common::root;

static MOTO: OnceLock<Option<u16>> = OnceLock::new();
static PROCESS: Mutex<Option<Child>> = Mutex::new(None);

/// Where `scripts/test` installs it, or what the PATH has.
fn program() -> PathBuf {
    let own = root().join("target/tools/python/bin/moto_server");
    if own.is_file() { own } else { PathBuf::from("moto_server") }
}

/// Whether there is a moto server.
pub(crate) fn is_installed() -> bool {
    let mut command = Command::new(program());
    command.arg("--help").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The port of a moto server that all rows share; nothing where it is not installed.
pub(crate) fn moto() -> Option<u16> {
    *MOTO.get_or_init(|| {
        let port = free_port();
        let mut command = Command::new(program());
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        *PROCESS.lock().unwrap() = Some(child);
        let end = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < end, "moto_server does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(port)
    })
}

/// Ends what was started.
pub(crate) fn stop() {
    if let Some(mut child) = PROCESS.lock().unwrap().take() {
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// A port on which nothing listens.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Sends one request and gives the status of the answer.
pub(crate) fn put(port: u16, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let length = body.len();
    // moto wants to know who asks, not to have it proved.
    let request = format!(
        "PUT {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: AWS4-HMAC-SHA256 \
         Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\ncontent-length: \
         {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

/// The port of a server that gives every request this answer.
pub(crate) fn answering(status: &'static str, body: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 16384]);
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\ncontent-type: application/xml\r\ncontent-length: {length}\r\nconnection: \
                 close\r\n\r\n{body}"
            );
        }
    });
    port
}
