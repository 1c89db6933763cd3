//! Situations with the state in S3 and its lock in a file beside it (`use_lockfile`).

use serde_json::json;

use crate::common::lab::Lab;
use crate::object_store::{answering, free_port, moto, put};
use crate::{Expected, Row};

/// All of them.
pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "S3 conforming",
        prepare: |lab| {
            in_s3(lab, "conforming");
        },
        expected: Expected::Verdict("conforming"),
        check: |scan| scan["serial"].as_u64().is_some_and(|serial| serial > 0),
    },
    Row {
        name: "S3 edited",
        prepare: |lab| {
            in_s3(lab, "edited");
            lab.click(|guests| guests["101"]["description"] = json!("by hand"));
        },
        expected: Expected::Verdict("drift"),
        check: |scan| scan["changes"][0]["path"] == "description",
    },
    Row {
        name: "S3 locked",
        prepare: |lab| {
            let port = in_s3(lab, "locked");
            lab.edit(".sprag.hcl", "\"2m\"", "\"2m\"\n    lock_timeout = \"1s\"");
            let lock = json!({
                "ID": "5f1c0000-0000-0000-0000-000000000000", "Operation": "OperationTypeApply", "Info": "",
                "Who": "root@pve", "Version": "1.11.4", "Created": "2026-11-24T06:00:00Z", "Path": "locked/prod.tfstate",
            });
            let status = put(port, "/locked/prod.tfstate.tflock", &lock.to_string());
            assert!(status.contains("200"), "{status}");
        },
        expected: Expected::Error("lock"),
        check: |scan| scan["error"]["message"].as_str().is_some_and(|message| message.contains("root@pve")),
    },
    Row {
        name: "S3 without the bucket",
        prepare: |lab| {
            let port = in_s3(lab, "bucket");
            backend(lab, port, "no-such-bucket");
        },
        expected: Expected::Error("state_backend"),
        check: |scan| scan["error"]["message"].as_str().is_some_and(|message| message.contains("bucket")),
    },
    Row {
        name: "S3 without rights",
        prepare: |lab| {
            let body =
                "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>";
            backend(lab, answering("403 Forbidden", body), "prod");
        },
        expected: Expected::Error("state_backend"),
        check: |scan| scan["error"]["message"].as_str().is_some_and(|message| message.contains("credentials")),
    },
    Row {
        name: "S3 down",
        prepare: |lab| backend(lab, free_port(), "prod"),
        expected: Expected::Error("state_backend"),
        check: |scan| scan["error"]["message"].as_str().is_some_and(|message| message.contains("could not be reached")),
    },
    Row {
        name: "S3 fails",
        prepare: |lab| {
            let body =
                "<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>We encountered</Message></Error>";
            backend(lab, answering("500 Internal Server Error", body), "prod");
        },
        expected: Expected::Error("state_backend"),
        check: |_| true,
    },
];

/// Moves the state of the lab into `bucket` of the store that all rows share, and gives its port.
fn in_s3(lab: &Lab, bucket: &str) -> u16 {
    let port = moto().expect("moto_server is installed: scripts/test does it");
    let status = put(port, &format!("/{bucket}"), "");
    assert!(status.contains("200"), "{status}");
    backend(lab, port, bucket);
    lab.infrastructure(|whole| whole["resources"] = json!({}));
    std::fs::remove_file(lab.root.join("prod/terraform.tfstate")).unwrap();
    lab.apply();
    port
}

/// Lets the module have its state in S3 at `port`.
fn backend(lab: &Lab, port: u16, bucket: &str) {
    let text = format!(
        "terraform {{\n  backend \"s3\" {{\n    bucket       = \"{bucket}\"\n    key          = \"prod.tfstate\"\n    region       = \
         \"us-east-1\"\n    use_lockfile = true\n    max_retries  = 1\n\n    use_path_style              = true\n    \
         skip_credentials_validation = true\n    skip_requesting_account_id  = true\n    skip_metadata_api_check     = true\n    \
         skip_region_validation      = true\n    endpoints = {{\n      s3 = \"http://127.0.0.1:{port}\"\n    }}\n  }}\n}}\n"
    );
    lab.write("prod/backend.tf", &text);
    let variables = std::fs::read_to_string(lab.root.join("provider.env")).unwrap();
    if !variables.contains("AWS_") {
        lab.write("provider.env", &format!("{variables}AWS_ACCESS_KEY_ID=test\nAWS_SECRET_ACCESS_KEY=testtesttest\n"));
    }
}
