use super::*;

fn error(summary: &str, detail: &str, address: Option<&str>, place: Option<&str>) -> Finding {
    Finding {
        severity: "error".to_owned(),
        summary: summary.to_owned(),
        detail: detail.to_owned(),
        address: address.map(str::to_owned),
        place: place.map(str::to_owned),
        count: 1,
    }
}

fn evidence(diagnostics: &[Finding]) -> Evidence<'_> {
    Evidence { phase: Phase::Plan, diagnostics, texts: &[], stderr: "", status: Some(1), timed_out: false }
}

/// Classifies one diagnostic without address and place.
fn of(summary: &str, detail: &str) -> Classified {
    classify(evidence(&[error(summary, detail, None, None)]), &Masker::default())
}

fn at(summary: &str, detail: &str, address: &str) -> Classified {
    classify(evidence(&[error(summary, detail, Some(address), Some("main.tf:3"))]), &Masker::default())
}

#[track_caller]
fn assert_kind(found: &Classified, kind: ErrorKind, retry: Retry) {
    assert_eq!((found.failure.kind, found.retry), (kind, retry), "{found:?}");
    assert!(!found.failure.message.is_empty() && found.failure.remedy.is_some());
}

#[test]
fn row_1_timeout_is_decided_by_sprag() {
    let halted = [error("execution halted", "", Some("a.b"), None)];
    let found = classify(Evidence { timed_out: true, ..evidence(&halted) }, &Masker::default());
    assert_kind(&found, ErrorKind::Timeout, Retry::No);
    assert_kind(&classify(evidence(&halted), &Masker::default()), ErrorKind::Unknown, Retry::No);
}

#[test]
fn row_2_lock_names_its_holder() {
    let detail = "Error message: operation error S3: PutObject, https response error StatusCode: 412, RequestID: , \
                  api error PreconditionFailed: \nLock Info:\n  ID:        f1b2\n  Path:      b/k\n  Operation: OperationTypeApply\n  \
                  Who:       ana@laptop\n  Version:   1.11.4\n  Created:   2026-01-02 03:04:05 +0000 UTC\n  Info:      \n";
    let found = of("Error acquiring the state lock", detail);
    assert_kind(&found, ErrorKind::Lock, Retry::No);
    let expected = "the state lock is held by ana@laptop (OperationTypeApply) since 2026-01-02 03:04:05 +0000 UTC";
    assert_eq!(found.failure.message, expected);
    assert!(found.failure.remedy.unwrap().ends_with("`terraform force-unlock f1b2`"));
    let local = of("Error acquiring the state lock", "Error message: resource temporarily unavailable");
    assert_kind(&local, ErrorKind::Lock, Retry::No);
}

#[test]
fn row_3_no_rights_on_the_state() {
    let detail =
        "operation error S3: PutObject, https response error StatusCode: 403, api error AccessDenied: Access Denied";
    assert_kind(&of("Error acquiring the state lock", detail), ErrorKind::StateBackend, Retry::No);
    for code in ["InvalidAccessKeyId", "SignatureDoesNotMatch", "Forbidden", "ExpiredToken"] {
        let summary = format!(
            "error loading state: Unable to list objects in S3 bucket \"b\" with prefix \"env:/\":\noperation error S3: ListObjectsV2, api error {code}: x"
        );
        let found = of(&summary, "");
        assert_kind(&found, ErrorKind::StateBackend, Retry::No);
        assert!(found.failure.message.contains("refused the credentials"), "{}", found.failure.message);
    }
}

#[test]
fn row_4_no_credentials_for_the_state() {
    let found = of("No valid credential sources found", "Please see https://developer.hashicorp.com/ …");
    assert_kind(&found, ErrorKind::StateBackend, Retry::No);
}

#[test]
fn row_5_no_bucket() {
    for summary in [
        "error loading state: S3 bucket \"x\" does not exist.",
        "Failed to get existing workspaces: S3 bucket \"x\" does not exist.",
    ] {
        let found = of(summary, "The referenced S3 bucket must have been previously created.");
        assert_kind(&found, ErrorKind::StateBackend, Retry::No);
        assert!(found.failure.message.contains("bucket of the state does not exist"));
    }
}

#[test]
fn row_6_state_store_unreachable() {
    for reason in [
        "exceeded maximum number of attempts, 5, https response error StatusCode: 0, dial tcp 127.0.0.1:1: connect: connection refused",
        "dial tcp: lookup s3.invalid: no such host",
        "tls: first record does not look like a TLS handshake",
        "https response error StatusCode: 503, api error SlowDown: x",
    ] {
        let found = of(&format!("error loading state: operation error S3: HeadObject, {reason}"), "");
        assert_kind(&found, ErrorKind::StateBackend, Retry::Once);
    }
}

#[test]
fn row_7_clock() {
    for code in ["api error RequestTimeTooSkewed: x", "Probable clock skew error"] {
        let summary =
            format!("error loading state: operation error S3: HeadObject, StatusCode: 403, Forbidden, {code}");
        let found = of(&summary, "");
        assert_kind(&found, ErrorKind::StateBackend, Retry::No);
        assert!(found.failure.remedy.unwrap().contains("NTP"));
    }
}

#[test]
fn row_8_no_state() {
    let found = of("Unsupported state file format", "The state file could not be parsed as JSON");
    assert_kind(&found, ErrorKind::StateBackend, Retry::No);
}

#[test]
fn row_9_init_needed() {
    for summary in [
        "Backend initialization required, please run \"terraform init\"",
        "Backend initialization required: please run \"terraform init\"",
        "Module not installed",
        "Required plugins are not installed",
        "Inconsistent dependency lock file",
    ] {
        assert_kind(&of(summary, ""), ErrorKind::Config, Retry::AfterInit);
    }
    let found = of("Provider dependency changes detected", "Changes to the required provider dependencies");
    assert_kind(&found, ErrorKind::Config, Retry::No);
    assert!(found.failure.remedy.unwrap().contains("commit `.terraform.lock.hcl`"));
}

#[test]
fn row_10_provider_install() {
    let none = of("Failed to query available provider packages", "no available releases match the constraints");
    assert_kind(&none, ErrorKind::ProviderInstall, Retry::No);
    let sums = of("Failed to install provider", "doesn't match any of the checksums previously recorded");
    assert_kind(&sums, ErrorKind::ProviderInstall, Retry::No);
    let away = of("Failed to query available provider packages", "could not connect to registry.terraform.io");
    assert_kind(&away, ErrorKind::Connectivity, Retry::Twice);
}

#[test]
fn row_11_config() {
    for summary in [
        "No value for required variable",
        "Failed to read variables file",
        "Unclosed configuration block",
        "Unsupported argument",
        "Reference to undeclared resource",
        "Invalid value for variable",
        "Resource precondition failed",
        "Unsupported Terraform Core version",
        "No configuration files",
    ] {
        assert_kind(&of(summary, ""), ErrorKind::Config, Retry::No);
    }
    let precondition = at("Resource precondition failed", "memory is too small", "vm.web");
    assert_kind(&precondition, ErrorKind::Config, Retry::No);
    let place = [error("Something new", "", None, Some("prod.auto.tfvars:2"))];
    assert_kind(&classify(evidence(&place), &Masker::default()), ErrorKind::Config, Retry::No);
}

#[test]
fn row_12_read_only_checkout() {
    let detail = "Error message: open .terraform.tfstate.lock.info: read-only file system";
    assert_kind(&of("Error acquiring the state lock", detail), ErrorKind::Config, Retry::No);
    let denied = of("Error acquiring the state lock", "Error message: open terraform.tfstate: permission denied");
    assert_kind(&denied, ErrorKind::Config, Retry::No);
}

#[test]
fn row_13_auth() {
    for text in [
        "received an HTTP 401 response - Reason: no such user ('x@pam')",
        "received an HTTP 403 response - Reason: Permission check failed (/vms/100, VM.Audit)",
        "authentication failure",
        "invalid PVE ticket",
        "no ticket",
    ] {
        assert_kind(&at(text, "", "vm.web"), ErrorKind::Auth, Retry::No);
        assert_kind(&at("Error reading VM", text, "vm.web"), ErrorKind::Auth, Retry::No);
    }
    let configure = [error("Unable to create client", "received an HTTP 401 response", None, Some("main.tf:1"))];
    assert_kind(&classify(evidence(&configure), &Masker::default()), ErrorKind::Auth, Retry::No);
}

#[test]
fn row_14_connectivity() {
    for reason in [
        "dial tcp 10.0.0.1:8006: connect: connection refused",
        "dial tcp 10.0.0.1:8006: connect: no route to host",
        "net/http: i/o timeout",
        "lookup pve.invalid: no such host",
        "context deadline exceeded",
        "x509: certificate signed by unknown authority",
        "tls: handshake failure",
        "received an HTTP 595 response - Reason: no route",
        "unexpected EOF",
    ] {
        let summary = format!(
            "failed to perform HTTP GET request (path: nodes/pve) - Reason: Get \"https://pve:8006/api2/json\": {reason}"
        );
        assert_kind(&at(&summary, "", "vm.web"), ErrorKind::Connectivity, Retry::Twice);
    }
}

#[test]
fn row_15_provider() {
    for summary in ["Plugin did not respond", "Request cancelled", "Failed to load plugin schemas"] {
        assert_kind(&of(summary, ""), ErrorKind::Provider, Retry::Once);
    }
    assert_kind(&at("Provider produced inconsistent result after apply", "", "vm.x"), ErrorKind::Provider, Retry::Once);
    assert_kind(&at("something else", "500 no quorum", "vm.x"), ErrorKind::Provider, Retry::Once);
}

#[test]
fn row_16_anything_else_is_kept() {
    let found = of("Strange", "very");
    assert_kind(&found, ErrorKind::Unknown, Retry::No);
    assert_eq!(found.failure.message, "`plan` failed with exit status 1: Strange");
    let killed = classify(Evidence { status: None, ..evidence(&[]) }, &Masker::default());
    assert_eq!(killed.failure.message, "`plan` was ended by a signal");
    let frame = "╷\n│ Error: Odd thing hunter2.\n│ \n╵\n";
    let stderr = classify(Evidence { stderr: frame, ..evidence(&[]) }, &Masker::new(["hunter2"]));
    assert_eq!(stderr.failure.message, "`plan` failed with exit status 1: Odd thing (sensitive)");
    let chdir = "Error handling -chdir option: chdir nowhere: no such file or directory";
    assert_kind(
        &classify(Evidence { stderr: chdir, ..evidence(&[]) }, &Masker::default()),
        ErrorKind::Config,
        Retry::No,
    );
}

#[test]
fn the_first_of_the_table_names_the_failure_of_many() {
    let many = [
        error("strange", "", Some("a.b"), None),
        error("No value for required variable", "", None, Some("main.tf:1")),
        error("operation error S3: x", "", None, None),
    ];
    assert_kind(&classify(evidence(&many), &Masker::default()), ErrorKind::StateBackend, Retry::Once);
    let mut warning = error("operation error S3: x", "", None, None);
    warning.severity = "warning".to_owned();
    assert_kind(&classify(evidence(&[warning]), &Masker::default()), ErrorKind::Unknown, Retry::No);
}

#[test]
fn failures_are_masked() {
    let masked = [error("No value for required variable hunter2", "", None, None)];
    let found = classify(evidence(&masked), &Masker::new(["hunter2"]));
    assert!(found.failure.message.ends_with("variable (sensitive)"), "{}", found.failure.message);
}
