//! Catalogues from the outside: `sprag catalogue`, those that `.sprag.hcl` names, what the files of a repository deploy,
//! and `--prometheus` against stubs and a real server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::Path;

use common::repository::{Ran, Repository};

fn sprag(directory: &Path, arguments: &[&str], input: &str) -> Ran {
    Ran::with_input(common::repository::sprag(directory, arguments), input.as_bytes())
}

/// A rule file with one alert.
fn rule(expression: &str) -> String {
    format!("groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: '{expression}'\n")
}

/// The findings of `lints`, as `severity[lint] message`, and the exit status.
fn lint(directory: &Path, lints: &str, more: &[&str]) -> (Vec<String>, i32) {
    let arguments = [&["lint", "--format", "concise", "--fail-on", "note", "--select", lints], more].concat();
    let output = sprag(directory, &arguments, "");
    let findings = output.stdout.lines().map(|line| line.splitn(4, ':').nth(3).unwrap().trim().to_owned()).collect();
    (findings, output.status)
}

const MODULE: &str = "terraform {\n  required_version = \">= 1.9\"\n}\n";

const DUMP: &str = "# HELP app_requests_total Requests\n# TYPE app_requests_total counter\n\
                    app_requests_total{code=\"200\",path=\"/secret\"} 5\n# TYPE app_state gauge\n\
                    app_state{state=\"on\"} 1\napp_state{state=\"off\"} 0\n";

#[test]
fn a_dump_becomes_a_catalogue_without_what_was_measured() {
    let directory = Repository::new(&[("app.prom", DUMP)]);
    let output = sprag(directory.root(), &["catalogue", "app.prom", "--of-version", "2.1"], "");
    assert_eq!(output.status, (0), "{}", output.stderr);
    let expected = "# sprag exporter: app\n# sprag prefix: app_\n# sprag capture: captured 2.1\n\
                    # sprag values: app_state state off on\n# HELP app_requests_total Requests\n\
                    # TYPE app_requests_total counter\napp_requests_total{code=\"*\",path=\"*\"} 0\n\
                    # TYPE app_state gauge\napp_state{state=\"off\"} 1\napp_state{state=\"on\"} 0\n";
    assert_eq!(output.stdout, expected);
    let again = sprag(directory.root(), &["catalogue", "-"], expected);
    assert_eq!(again.stdout, expected);
}

#[test]
fn a_wrong_dump_is_refused_with_places() {
    let directory = Repository::new(&[]);
    let output = sprag(directory.root(), &["catalogue", "-"], "a 1\nb{c=d} 1\n<html>\n");
    assert_eq!((Some(output.status), output.stdout.as_str()), (Some(2), ""));
    let said = output.stderr;
    assert!(said.contains("standard input:2:5: the value of a label is in double quotes"), "{said}");
    assert!(said.contains("standard input:3:1: a line begins with the name of a metric, or with `#`"), "{said}");
    let none = sprag(directory.root(), &["catalogue", "-"], "# nothing\n");
    assert!(none.stderr.contains("there are no metrics in `-`; get a dump with `curl"), "{}", none.stderr);
    let missing = sprag(directory.root(), &["catalogue", "x.prom"], "");
    assert!(missing.stderr.contains("x.prom: no such file or directory"), "{}", missing.stderr);
    assert_eq!(missing.status, (2));
}

#[test]
fn the_configuration_names_catalogues() {
    let config = "alerts {\n  catalogue \"app\" {\n    file = \"metrics/app.prom\"\n  }\n}\n";
    let wrong = rule("rate(app_requests_totl[5m]) > 1");
    let all = [(".sprag.hcl", config), ("metrics/app.prom", DUMP), ("rules/a.yml", wrong.as_str())];
    let directory = Repository::new(&all);
    let (findings, status) = lint(directory.root(), "promql/unknown-metric", &[]);
    assert_eq!(status, 1, "{findings:?}");
    assert!(findings[0].contains("app_requests_totl"), "{findings:?}");
    let without = Repository::new(&[("rules/a.yml", wrong.as_str())]);
    assert_eq!(lint(without.root(), "promql/unknown-metric", &[]), (Vec::new(), 0));
}

#[test]
fn a_catalogue_that_cannot_be_read_stops_the_run() {
    let config = "alerts {\n  catalogue \"app\" {\n    file = \"app.prom\"\n  }\n}\n";
    let rule = rule("up == 0");
    let directory = Repository::new(&[(".sprag.hcl", config), ("a.yml", &rule)]);
    let output = sprag(directory.root(), &["lint", "--format", "concise"], "");
    assert_eq!(output.status, (2));
    let said = output.stdout;
    assert!(said.contains(".sprag.hcl:3:12: error[sprag/config] catalogue `app.prom`: no such file"), "{said}");
    directory.write("app.prom", "a{b=c} 1\n");
    let output = sprag(directory.root(), &["lint", "--format", "concise"], "");
    assert_eq!(output.status, (2));
    let said = output.stdout;
    assert!(said.contains("app.prom:1:5: error[sprag/config] the value of a label is in double quotes"), "{said}");
    // Where there are no rules nobody asks.
    fs::remove_file(directory.path("a.yml")).unwrap();
    directory.write("main.tf", MODULE);
    assert_eq!(sprag(directory.root(), &["lint"], "").status, (0));
}

#[test]
fn what_compose_files_deploy_decides_collectors() {
    let rule = rule("node_systemd_unit_state{state=\"failed\"} == 1");
    let compose =
        |flags: &str| format!("services:\n  node:\n    image: prom/node-exporter:v1.5.0\n    command: [{flags}]\n");
    let without = compose("--path.rootfs=/host");
    let directory = Repository::new(&[("a.yml", rule.as_str()), ("compose.yml", without.as_str())]);
    let (findings, _) = lint(directory.root(), "promql/collector-off", &[]);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].contains("systemd"), "{findings:?}");
    directory.write("compose.yml", compose("--collector.systemd"));
    assert_eq!(lint(directory.root(), "promql/collector-off", &[]).0, Vec::<String>::new());
    // Debian's package has it on.
    fs::remove_file(directory.path("compose.yml")).unwrap();
    directory.write("install.sh", "apt-get install -y prometheus-node-exporter\n");
    assert_eq!(lint(directory.root(), "promql/collector-off", &[]).0, Vec::<String>::new());
}

#[cfg(feature = "drift")]
mod live {
    use std::io::{BufRead, BufReader, Write};
    use std::net::{TcpListener, TcpStream};
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    /// Answers every request, on threads of its own, until the test ends. Requests whose path begins with a key get its
    /// status and body.
    fn serve(answers: &'static [(&'static str, u16, &'static str)]) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || answer(stream, answers));
            }
        });
        port
    }

    fn answer(mut stream: TcpStream, answers: &[(&str, u16, &str)]) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        loop {
            let mut first = Vec::new();
            if reader.read_until(b'\n', &mut first).unwrap_or(0) == 0 {
                return;
            }
            let Ok(first) = String::from_utf8(first) else {
                // As servers do that are spoken to in TLS.
                let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
                return;
            };
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap_or(0) > 2 {
                line.clear();
            }
            let path = first.split(' ').nth(1).unwrap_or("");
            let found = answers.iter().find(|(prefix, _, _)| path.starts_with(prefix));
            let (_, status, body) = found.copied().unwrap_or(("", 404, "404 page not found\n"));
            let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\n\r\n", body.len());
            if stream.write_all(format!("{head}{body}").as_bytes()).is_err() {
                return;
            }
        }
    }

    fn rules() -> Repository {
        Repository::new(&[("a.yml", &rule("odd_metric{colour=\"red\"} > 0"))])
    }

    /// What `--prometheus` says on standard error, and the exit status.
    fn refused(url: &str) -> (String, i32) {
        let output = sprag(rules().root(), &["lint", "--prometheus", url], "");
        (output.stderr, output.status)
    }

    const ANSWERS: &[(&str, u16, &str)] = &[
        (
            "/api/v1/metadata",
            200,
            r#"{"status":"success","data":{"odd_metric":[{"type":"gauge","help":"Odd","unit":""}]}}"#,
        ),
        ("/api/v1/label/__name__/values", 200, r#"{"status":"success","data":["odd_metric","other"]}"#),
        (
            "/api/v1/series?",
            200,
            r#"{"status":"success","data":[{"__name__":"odd_metric","job":"j","instance":"i","shape":"round","zone":"z"}]}"#,
        ),
        (
            "/api/v1/targets?state=active",
            200,
            r#"{"status":"success","data":{"activeTargets":[{"labels":{"job":"j","instance":"i","zone":"z"},"scrapeInterval":"15s"}]}}"#,
        ),
    ];

    #[test]
    fn a_server_knows_labels() {
        let url = format!("http://127.0.0.1:{}", serve(ANSWERS));
        let directory = rules();
        assert_eq!(lint(directory.root(), "promql/unknown-label", &[]), (Vec::new(), 0));
        let (findings, status) = lint(directory.root(), "promql/unknown-label", &["--prometheus", &url]);
        assert_eq!(status, 1);
        assert!(findings[0].contains("colour") && findings.len() == 1, "{findings:?}");
        for known in ["odd_metric{shape=\"x\"} > 0", "odd_metric{zone=\"z\",job=\"j\"} > 0"] {
            directory.write("a.yml", rule(known));
            let (findings, _) = lint(directory.root(), "promql/unknown-label", &["--prometheus", &url]);
            assert_eq!(findings, Vec::<String>::new(), "{known}");
        }
    }

    #[test]
    fn a_server_is_asked_for_the_metrics_of_dashboards() {
        let url = format!("http://127.0.0.1:{}", serve(ANSWERS));
        let json = r#"{"schemaVersion": 39, "editable": true,
    "panels": [{"targets": [{"expr": "odd_metric", "legendFormat": "{{shape}} {{colour}}"}]}]}"#;
        let map = format!("kind: ConfigMap\ndata:\n  a.json: |\n    {json}\n");
        for (path, text) in [("a.json", json), ("a.yaml", map.as_str())] {
            let directory = Repository::new(&[(path, text)]);
            assert_eq!(lint(directory.root(), "promql/unknown-dashboard-label", &[]), (Vec::new(), 0), "{path}");
            let (findings, _) = lint(directory.root(), "promql/unknown-dashboard-label", &["--prometheus", &url]);
            assert!(findings.len() == 1 && findings[0].contains("colour"), "{path}: {findings:?}");
        }
    }

    #[test]
    fn nobody_is_asked_where_there_are_no_rules() {
        let directory = Repository::new(&[("main.tf", MODULE)]);
        let output = sprag(directory.root(), &["lint", "--prometheus", "http://127.0.0.1:1"], "");
        assert_eq!(output.status, (0), "{}", output.stderr);
    }

    #[test]
    fn a_closed_port() {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (said, status) = refused(&format!("http://127.0.0.1:{port}"));
        assert_eq!(status, 2);
        assert!(said.contains("the connection was refused") && said.contains("after 3 attempts"), "{said}");
    }

    #[test]
    fn what_is_no_prometheus() {
        const PAGE: &[(&str, u16, &str)] = &[("/", 200, "<html><title>Grafana</title></html>")];
        const ERROR: &[(&str, u16, &str)] =
            &[("/", 400, r#"{"status":"error","errorType":"bad_data","error":"invalid parameter"}"#)];
        let (said, status) = refused(&format!("http://127.0.0.1:{}", serve(PAGE)));
        assert_eq!(status, 2);
        assert!(said.contains("not as Prometheus does: `<html><title>Grafana"), "{said}");
        let (said, _) = refused(&format!("http://127.0.0.1:{}", serve(&[])));
        assert!(said.contains("it answers with status 404, but not as Prometheus does"), "{said}");
        let (said, _) = refused(&format!("http://127.0.0.1:{}", serve(ERROR)));
        assert!(said.contains("it refuses the request with status 400: invalid parameter"), "{said}");
        let (said, status) = refused("localhost:9090");
        assert_eq!(status, 2);
        assert!(said.contains("write it like `http://localhost:9090`"), "{said}");
    }

    #[test]
    fn tls_where_there_is_none() {
        let (said, status) = refused(&format!("https://127.0.0.1:{}", serve(ANSWERS)));
        assert_eq!(status, 2);
        assert!(said.contains("check that the service speaks TLS on this port"), "{said}");
    }

    #[test]
    fn a_server_that_is_starting_is_asked_again() {
        const BUSY: &[(&str, u16, &str)] = &[("/", 503, "Service Unavailable")];
        let start = Instant::now();
        let (said, status) = refused(&format!("http://127.0.0.1:{}", serve(BUSY)));
        assert_eq!(status, 2);
        assert!(said.contains("status 503"), "{said}");
        // Three attempts pause for 1 s and 2 s.
        assert!(start.elapsed() >= Duration::from_secs(3));
    }

    /// A process that ends with the test.
    struct Process(Child);

    impl Drop for Process {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    #[test]
    fn a_real_server() {
        const EXPORTER: &[(&str, u16, &str)] =
            &[("/metrics", 200, "# HELP odd_metric Odd\n# TYPE odd_metric gauge\nodd_metric{shape=\"round\"} 1\n")];
        let exporter = serve(EXPORTER);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let home = tempfile::tempdir().unwrap();
        let config = format!(
            "global: {{scrape_interval: 1s}}\nscrape_configs:\n- job_name: odd\n  static_configs:\n  - targets: ['127.0.0.1:{exporter}']\n    \
             labels: {{zone: cellar}}\n"
        );
        fs::write(home.path().join("prometheus.yml"), config).unwrap();
        let started = Command::new("prometheus")
            .arg(format!("--config.file={}", home.path().join("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", home.path().join("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = started else { return common::e2e::skip("prometheus") };
        let _process = Process(child);
        let url = format!("http://127.0.0.1:{port}/");
        let directory = rules();
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let (findings, _) = lint(directory.root(), "promql/unknown-label", &["--prometheus", &url]);
            if !findings.is_empty() {
                assert!(findings[0].contains("colour"), "{findings:?}");
                break;
            }
            assert!(Instant::now() < end, "the metric did not come");
            std::thread::sleep(Duration::from_millis(300));
        }
        directory.write("a.yml", rule("odd_metric{shape=\"x\",zone=\"cellar\"} > 0"));
        let (findings, _) = lint(directory.root(), "promql,alerts/label-clash", &["--prometheus", &url]);
        assert_eq!(findings, Vec::<String>::new());
    }
}
