//! `--prometheus` on a real Prometheus that wants TLS under an authority of its own, a user and a password.

#![cfg(all(unix, feature = "drift"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

/// `open sesame`, as `htpasswd -B` writes it.
const HASH: &str = "$2b$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW";

/// A process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server with certificate and password, its files, and its address; nothing where Prometheus is not installed.
fn server() -> Option<(Process, TempDir, String)> {
    let home = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(home.path().join(name), text).unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    write("ca.pem", &authority.pem());
    write("server.pem", &params.signed_by(&key, &authority).unwrap().pem());
    write("server.key", &key.serialize_pem());
    write(
        "web.yml",
        &format!(
            "tls_server_config: {{cert_file: server.pem, key_file: server.key}}\nbasic_auth_users: {{sprag: \"{HASH}\"}}\n"
        ),
    );
    write("prometheus.yml", "scrape_configs: []\n");
    write("good", "sprag:open sesame\n");
    write("bad", "sprag:close sesame\n");
    write("token", "top-secret\n");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let file = |name: &str| home.path().join(name).display().to_string();
    let started = Command::new("prometheus")
        .arg(format!("--config.file={}", file("prometheus.yml")))
        .arg(format!("--web.config.file={}", file("web.yml")))
        .arg(format!("--storage.tsdb.path={}", file("data")))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(child) = started else {
        common::e2e::skip("prometheus");
        return None;
    };
    let process = Process(child);
    let end = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < end, "prometheus did not start");
        std::thread::sleep(Duration::from_millis(100));
    }
    Some((process, home, format!("https://127.0.0.1:{port}")))
}

/// What is said on standard error, and the exit status.
fn ask(home: &Path, url: &str, arguments: &[&str]) -> (String, Option<i32>) {
    let rules = "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: shop_orders > 1\n        for: 5m\n";
    let repository = home.join("repository");
    fs::create_dir_all(repository.join(".git")).unwrap();
    fs::write(repository.join("rules.yml"), rules).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sprag"))
        .args(["lint", "repository", "--prometheus", url])
        .args(arguments)
        .current_dir(home)
        .env_clear()
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("sesame") && !said.contains("top-secret"), "a secret is shown: {said}");
    (said, output.status.code())
}

#[test]
fn certificates_and_passwords() {
    let Some((_process, home, url)) = server() else { return };
    let home = home.path();
    // The web server listens before it answers.
    let end = Instant::now() + Duration::from_secs(60);
    while ask(home, &url, &["--prometheus-ca", "ca.pem", "--prometheus-basic-auth-file", "good"]).1 != Some(0) {
        assert!(Instant::now() < end, "prometheus does not let us in");
    }
    for (arguments, expected) in [
        (&[][..], "its certificate comes from an issuer that is not trusted"),
        (&[], "name the file of the authority's certificate with `--prometheus-ca`"),
        (
            &["--prometheus-ca", "ca.pem"],
            "it wants credentials (status 401); name one with `--prometheus-basic-auth-file`",
        ),
        (
            &["--prometheus-ca", "ca.pem", "--prometheus-basic-auth-file", "bad"],
            "it refuses the credentials in bad (status 401)",
        ),
        (
            &["--prometheus-ca", "ca.pem", "--prometheus-bearer-file", "token"],
            "it refuses the credentials in token (status 401)",
        ),
        (&["--prometheus-ca", "gone.pem"], "gone.pem"),
        (&["--prometheus-ca", "token"], "token"),
        (&["--prometheus-basic-auth-file", "gone"], "gone: no such file"),
        (&["--prometheus-basic-auth-file", "token"], "token: must hold `user:password`"),
    ] {
        let (said, status) = ask(home, &url, arguments);
        assert!(said.contains(expected) && status == Some(2), "{arguments:?}: {said}");
    }
    let (said, status) = ask(home, &url.replace("https://", "https://sprag:sesame@"), &[]);
    assert!(said.contains("holds credentials: put them into a file") && status == Some(2), "{said}");
}

#[test]
fn options_that_make_no_sense_alone() {
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_sprag")).arg("lint").args(arguments).current_dir(home.path()).output().unwrap()
    };
    for arguments in [
        &["--prometheus-ca", "ca.pem"][..],
        &["--prometheus", "http://a", "--prometheus-bearer-file", "a", "--prometheus-basic-auth-file", "b"],
    ] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}
