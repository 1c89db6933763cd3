//! Keys and certificates of `hashicorp/tls`: right in form, meaningless in content, never usable.

use super::{Source, text};
use crate::value::{Value, member, number};

/// The computed values of one resource, data source or ephemeral resource.
pub fn values(type_name: &str, state: &Value, source: &Source) -> Vec<(&'static str, Value)> {
    match type_name {
        "tls_private_key" => private_key(state, source),
        "tls_public_key" => public_key_of(state),
        "tls_cert_request" => vec![
            ("cert_request_pem", text::pem("CERTIFICATE REQUEST", &source.branch("request").bytes(400)).into()),
            ("key_algorithm", algorithm_of(member(state, "private_key_pem")).into()),
        ],
        "tls_self_signed_cert" | "tls_locally_signed_cert" => certificate(state, source),
        _ => Vec::new(),
    }
}

fn certificate(state: &Value, source: &Source) -> Vec<(&'static str, Value)> {
    let hours = member(state, "validity_period_hours").as_u64().unwrap_or(0);
    vec![
        ("cert_pem", text::pem("CERTIFICATE", &source.branch("certificate").bytes(500)).into()),
        ("key_algorithm", algorithm_of(member(state, "private_key_pem")).into()),
        ("ca_key_algorithm", algorithm_of(member(state, "ca_private_key_pem")).into()),
        ("validity_start_time", text::timestamp(0).into()),
        ("validity_end_time", text::timestamp(hours).into()),
    ]
}

fn private_key(state: &Value, source: &Source) -> Vec<(&'static str, Value)> {
    let algorithm = member(state, "algorithm").as_str().unwrap_or("RSA");
    let curve = member(state, "ecdsa_curve").as_str().unwrap_or("P224");
    let bits = number(member(state, "rsa_bits")).unwrap_or(2048.0);
    let (label, size) = match algorithm {
        "ED25519" => ("PRIVATE KEY", 48),
        "ECDSA" => ("EC PRIVATE KEY", 120),
        _ => ("RSA PRIVATE KEY", 1190),
    };
    let pem = text::pem(label, &source.branch("pem").bytes(size));
    let pkcs8 = text::pem("PRIVATE KEY", &source.branch("pkcs8").bytes(size));
    // OpenSSH has no curve P224: the real provider leaves these attributes empty then.
    let openssh = if (algorithm, curve) == ("ECDSA", "P224") {
        String::new()
    } else {
        text::pem("OPENSSH PRIVATE KEY", &source.branch("openssh").bytes(size + 100))
    };
    let mut values = vec![
        ("private_key_pem", pem.as_str().into()),
        ("private_key_pem_pkcs8", pkcs8.into()),
        ("private_key_openssh", openssh.into()),
    ];
    values.extend(public_key(algorithm, curve, bits, &pem));
    values
}

/// The public half of a key given as text.
fn public_key_of(state: &Value) -> Vec<(&'static str, Value)> {
    let pem = member(state, "private_key_pem");
    let key = if pem.is_nil() { member(state, "private_key_openssh") } else { pem };
    let algorithm = algorithm_of(key);
    let mut values = vec![("algorithm", algorithm.into())];
    values.extend(public_key(algorithm, "P256", 2048.0, key.as_str().unwrap_or_default()));
    values
}

/// The public attributes; the same private key text always gives the same ones.
fn public_key(algorithm: &str, curve: &str, bits: f64, private_key: &str) -> Vec<(&'static str, Value)> {
    let source = Source::new(private_key);
    let openssh = openssh_public_key(algorithm, curve, bits, &source);
    let has_openssh = !openssh.is_empty();
    let only_with = |text: String| if has_openssh { text } else { String::new() };
    let md5: Vec<String> = source.branch("md5").bytes(16).iter().map(|byte| format!("{byte:02x}")).collect();
    let sha256 = text::base64(&source.branch("sha256").bytes(32));
    let id = text::hex(&source.branch("id").bytes(20));
    vec![
        ("public_key_openssh", openssh.into()),
        ("public_key_pem", text::pem("PUBLIC KEY", &source.branch("public").bytes(91)).into()),
        ("public_key_fingerprint_md5", only_with(md5.join(":")).into()),
        ("public_key_fingerprint_sha256", only_with(format!("SHA256:{}", sha256.trim_end_matches('='))).into()),
        ("id", id.into()),
    ]
}

/// A line for `authorized_keys` in the encoding of RFC 4253, section 6.6 (RFC 5656 and RFC 8709 for curves).
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a key size is a small positive number")]
fn openssh_public_key(algorithm: &str, curve: &str, bits: f64, source: &Source) -> String {
    let mut material = source.branch("key");
    let (name, fields) = match (algorithm, curve) {
        ("ED25519", _) => ("ssh-ed25519".to_owned(), vec![material.bytes(32)]),
        ("ECDSA", "P224") => return String::new(),
        ("ECDSA", _) => {
            let (curve, size) = match curve {
                "P384" => ("nistp384", 48),
                "P521" => ("nistp521", 66),
                _ => ("nistp256", 32),
            };
            let point = [vec![4], material.bytes(size * 2)].concat();
            (format!("ecdsa-sha2-{curve}"), vec![curve.into(), point])
        }
        _ => {
            let mut modulus = material.bytes((bits / 8.0).clamp(1.0, 2048.0) as usize);
            modulus[0] |= 0x80;
            ("ssh-rsa".to_owned(), vec![vec![1, 0, 1], [vec![0], modulus].concat()])
        }
    };
    let mut blob = Vec::new();
    for field in std::iter::once(name.clone().into_bytes()).chain(fields) {
        blob.extend((field.len() as u32).to_be_bytes());
        blob.extend(field);
    }
    format!("{name} {}\n", text::base64(&blob))
}

/// What the header of a PEM block says; PKCS #8 and OpenSSH keys count as Ed25519.
fn algorithm_of(pem: &Value) -> &'static str {
    match pem.as_str().unwrap_or_default() {
        pem if pem.contains("BEGIN RSA ") => "RSA",
        pem if pem.contains("BEGIN EC ") => "ECDSA",
        _ => "ED25519",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::object;

    fn key(algorithm: &str, curve: &str) -> Vec<(&'static str, Value)> {
        let state = object([("algorithm", algorithm.into()), ("ecdsa_curve", curve.into()), ("rsa_bits", 4096.into())]);
        values("tls_private_key", &state, &Source::new("seed"))
    }

    fn text_of(values: &[(&str, Value)], name: &str) -> String {
        values.iter().find(|(key, _)| *key == name).unwrap().1.as_str().unwrap().to_owned()
    }

    #[test]
    fn public_key_begins_as_its_algorithm_does() {
        let public = |algorithm, curve| text_of(&key(algorithm, curve), "public_key_openssh");
        assert!(public("ED25519", "P224").starts_with("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"));
        assert!(public("RSA", "P224").starts_with("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAC"));
        assert!(public("ECDSA", "P256").starts_with("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY"));
        assert_eq!(public("ECDSA", "P224"), "");
    }

    #[test]
    fn data_source_finds_the_same_public_key() {
        let resource = key("ED25519", "P224");
        let state = object([("private_key_pem", text_of(&resource, "private_key_pem").into())]);
        let data = values("tls_public_key", &state, &Source::new("other"));
        assert_eq!(text_of(&resource, "public_key_openssh"), text_of(&data, "public_key_openssh"));
    }
}
