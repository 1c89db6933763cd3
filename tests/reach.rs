//! Reach checks against servers on this machine: plain TCP, TLS under a certificate authority of our own, and a script
//! that stands for ssh.

#![cfg(all(unix, feature = "drift"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::num::NonZeroU32;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use sprag::config::{Config, Reach};
use sprag::diagnostic::FileId;
use sprag::drift::{Client, Obstacle, Reacher, Unreachable};
use sprag::retry::{Policy, SystemClock};
use tempfile::TempDir;

/// A target as it is read from a configuration.
fn target(url: &str) -> Reach {
    let text = format!(
        "drift {{\n  environment \"prod\" {{\n    directory = \"d\"\n    schedule = \"daily\"\n    reach = [\"{url}\"]\n  }}\n}}\n"
    );
    let (config, mistakes) = Config::parse(text.as_bytes(), FileId(0), &[]);
    assert!(mistakes.is_empty(), "{mistakes:?}");
    config.drift.environments[0].reach[0].value.clone()
}

/// Three attempts with short pauses.
fn hasty(reacher: Reacher) -> Reacher {
    let timeout = Some(Duration::from_secs(20));
    reacher.policy(Policy { attempts: NonZeroU32::new(3).unwrap(), delay: Duration::from_millis(5), timeout })
}

fn check(reacher: &Reacher, url: &str) -> Result<(), Unreachable> {
    reacher.check(&target(url), &SystemClock, Instant::now() + Duration::from_secs(60))
}

fn reach(url: &str) -> Result<(), Unreachable> {
    check(&hasty(Reacher::new(None).unwrap()), url)
}

/// A port where nothing listens.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A server on a port of its own; counts its connections.
fn serve(answer: impl Fn(TcpStream) + Send + 'static) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    thread::spawn(move || {
        for stream in listener.incoming() {
            counter.fetch_add(1, Ordering::SeqCst);
            answer(stream.unwrap());
        }
    });
    (port, count)
}

/// Reads the head of a request and its body, answers with a status and the body.
fn answer_http(mut stream: impl Read + Write, status: &str) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    let is_whole = |request: &[u8]| {
        let text = String::from_utf8_lossy(request).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        body.len() >= length
    };
    while !is_whole(&request) {
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => request.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", request.len());
    let _ = stream.write_all(&[head.as_bytes(), &request].concat());
    let _ = stream.flush();
}

/// A certificate authority, and its certificate in a file.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let authority = Self { issuer, directory: tempfile::tempdir().unwrap() };
        fs::write(authority.file(), authority.issuer.pem()).unwrap();
        authority
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// A server with a certificate for `host`, valid until the end of that year.
    fn serve(&self, host: &str, year: i32) -> (u16, Arc<AtomicUsize>) {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.not_after = date_time_ymd(year, 12, 31);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
        let config = Arc::new(config);
        serve(move |stream| {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            answer_http(StreamOwned::new(connection, stream), "401 Unauthorized");
        })
    }
}

#[test]
fn an_open_port_is_reached() {
    let (port, count) = serve(drop);
    assert_eq!(reach(&format!("tcp://localhost:{port}")), Ok(()));
    // The connection stands before the server has taken it.
    while count.load(Ordering::SeqCst) == 0 {
        thread::yield_now();
    }
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[test]
fn a_closed_port_is_tried_three_times() {
    let url = format!("tcp://127.0.0.1:{}", free_port());
    let error = reach(&url).unwrap_err();
    assert_eq!((error.obstacle, error.attempts), (Obstacle::Refused, 3));
    let text = error.to_string();
    assert!(text.starts_with(&format!("`{url}` cannot be reached (3 attempts): the connection was refused")), "{text}");
}

#[test]
fn a_name_without_address() {
    // A label of more than 63 characters is refused without asking anybody.
    let host = "x".repeat(64);
    for url in [format!("tcp://{host}:1"), format!("http://{host}:1"), format!("https://{host}:1")] {
        assert_eq!(reach(&url).unwrap_err().obstacle, Obstacle::Name, "{url}");
    }
}

#[test]
fn any_status_is_an_answer() {
    for status in ["200 OK", "302 Found\r\nLocation: http://127.0.0.1:1/", "401 Unauthorized", "503 Busy"] {
        let (port, _) = serve(move |stream| answer_http(stream, status));
        assert_eq!(reach(&format!("http://127.0.0.1:{port}/api2")), Ok(()), "{status}");
    }
}

#[test]
fn a_server_that_says_nothing_takes_too_long() {
    let (port, count) = serve(|stream| {
        thread::sleep(Duration::from_secs(30));
        drop(stream);
    });
    let policy = Policy { timeout: Some(Duration::from_millis(200)), delay: Duration::ZERO, ..Policy::default() };
    let reacher = Reacher::new(None).unwrap().policy(policy);
    let error = check(&reacher, &format!("http://127.0.0.1:{port}")).unwrap_err();
    assert_eq!((error.obstacle, error.attempts), (Obstacle::Timeout, 3));
    assert!(count.load(Ordering::SeqCst) >= 1);
}

#[test]
fn a_server_that_hangs_up() {
    let (port, _) = serve(drop);
    assert_eq!(reach(&format!("http://127.0.0.1:{port}")).unwrap_err().obstacle, Obstacle::Closed);
}

#[test]
fn nothing_is_tried_past_the_deadline() {
    let (port, count) = serve(drop);
    let reacher = Reacher::new(None).unwrap();
    let error = reacher.check(&target(&format!("tcp://127.0.0.1:{port}")), &SystemClock, Instant::now()).unwrap_err();
    assert_eq!((error.obstacle, error.attempts), (Obstacle::Timeout, 0));
    assert_eq!(error.to_string(), format!("`tcp://127.0.0.1:{port}` was not tried: no time was left"));
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[test]
fn certificates_are_verified() {
    let authority = Authority::new();
    let trusting = hasty(Reacher::new(Some(&authority.file())).unwrap());
    let (good, _) = authority.serve("localhost", 2999);
    let good = format!("https://localhost:{good}/api2/json");
    assert_eq!(check(&trusting, &good), Ok(()));
    let (expired, connections) = authority.serve("localhost", 2001);
    let (other, _) = authority.serve("pve.example", 2999);
    for (reacher, url, obstacle) in [
        (&trusting, format!("https://localhost:{expired}"), Obstacle::CertificateExpired),
        (&trusting, format!("https://localhost:{other}"), Obstacle::WrongHost),
        (&hasty(Reacher::new(None).unwrap()), good, Obstacle::UnknownIssuer),
    ] {
        let error = check(reacher, &url).unwrap_err();
        // A certificate does not get better by asking again.
        assert_eq!((error.obstacle, error.attempts), (obstacle, 1), "{error}");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[test]
fn a_server_without_tls() {
    let (port, _) = serve(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        let _ = stream.read(&mut [0; 1024]);
    });
    assert_eq!(reach(&format!("https://127.0.0.1:{port}")).unwrap_err().obstacle, Obstacle::Tls);
}

#[test]
fn a_bad_file_of_authorities_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ca.pem");
    assert!(Reacher::new(Some(&file)).unwrap_err().contains("ca.pem` cannot be read"));
    fs::write(&file, "not a certificate").unwrap();
    assert!(Reacher::new(Some(&file)).unwrap_err().contains("ca.pem` holds no certificate"));
}

#[test]
fn content_goes_both_ways() {
    let (port, _) = serve(|stream| answer_http(stream, "200 OK"));
    let client = Client::new(None).unwrap();
    let url = format!("http://127.0.0.1:{port}/api/v2/alerts");
    let answer = client.post_json(&url, "[{\"é\":1}]", Some("Bearer abc"), Duration::from_secs(20)).unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.body.starts_with("POST /api/v2/alerts HTTP/1.1\r\n"), "{}", answer.body);
    for expected in ["authorization: Bearer abc\r\n", "content-type: application/json\r\n", "\r\n\r\n[{\"é\":1}]"] {
        assert!(answer.body.contains(expected), "{}", answer.body);
    }
    let answer = client.get(&url, None, Duration::from_secs(20)).unwrap();
    assert!(answer.body.starts_with("GET /api/v2/alerts HTTP/1.1\r\n") && !answer.body.contains("authorization"));
}

/// A stand-in for ssh that notes its arguments, writes `says` to standard error and leaves with `status`.
fn ssh(directory: &Path, says: &str, status: &str) -> Reacher {
    let program = directory.join("ssh");
    let script =
        format!("#!/bin/sh\necho \"$@\" >>'{0}/calls'\necho '{says}' >&2\nexit {status}\n", directory.display());
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    hasty(Reacher::new(None).unwrap().ssh(program))
}

#[test]
fn ssh_is_asked_without_prompts() {
    let directory = tempfile::tempdir().unwrap();
    let reacher = ssh(directory.path(), "", "0");
    for url in ["ssh://root@pve", "ssh://pve:2222", "ssh://[fd00::22]"] {
        assert_eq!(check(&reacher, url), Ok(()));
    }
    let calls = fs::read_to_string(directory.path().join("calls")).unwrap();
    let options = "-o BatchMode=yes -o ConnectTimeout=20 -o ControlPath=none";
    assert_eq!(
        calls,
        format!("{options} -l root -- pve true\n{options} -p 2222 -- pve true\n{options} -- fd00::22 true\n")
    );
}

#[test]
fn what_ssh_says_decides() {
    for (says, status, expected) in [
        ("ssh: connect to host pve port 22: Connection refused", "255", Some((Obstacle::Refused, 3))),
        ("root@pve: Permission denied (publickey).", "255", Some((Obstacle::Login, 1))),
        ("Host key verification failed.", "255", Some((Obstacle::HostKey, 1))),
        ("a forced command says no", "1", None),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let outcome = check(&ssh(directory.path(), says, status), "ssh://root@pve");
        assert_eq!(outcome.as_ref().err().map(|error| (error.obstacle, error.attempts)), expected, "{says}");
        assert!(outcome.err().is_none_or(|error| error.to_string().ends_with(says)), "{says}");
    }
}

#[test]
fn an_ssh_that_hangs_is_ended() {
    let directory = tempfile::tempdir().unwrap();
    let policy = Policy { timeout: Some(Duration::from_millis(100)), delay: Duration::ZERO, ..Policy::default() };
    let reacher = ssh(directory.path(), "", "$(exec sleep 60)").policy(policy);
    let error = check(&reacher, "ssh://pve").unwrap_err();
    assert_eq!((error.obstacle, error.attempts), (Obstacle::Timeout, 3));
}

#[test]
fn without_ssh_it_says_so_once() {
    let reacher = hasty(Reacher::new(None).unwrap().ssh(PathBuf::from("/nonexistent/ssh")));
    let error = check(&reacher, "ssh://pve").unwrap_err();
    assert_eq!(error.attempts, 1);
    assert!(error.to_string().ends_with("there is no `/nonexistent/ssh`"), "{error}");
}
