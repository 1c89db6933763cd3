//! See `lints/proxmox/ssh-key-algorithm/README.md`.

use crate::linter::{Check, Reporter};
use crate::terraform::{Module, Resource};

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for resource in module.managed("tls_private_key") {
        let Some((declaration, attribute)) = resource.attribute("algorithm") else { continue };
        let Some(found) = attribute.value().as_string().filter(|found| found != "ED25519") else { continue };
        if !is_ssh_key(module, resource) {
            continue;
        }
        let place = declaration.location(attribute.value().span());
        out.report(
            out.finding(place, format!("SSH key `{}` uses {found} instead of ED25519", resource.name))
                .help("write `algorithm = \"ED25519\"`; the key is replaced by the next apply")
                .subject(resource.address()),
        );
    }
}

/// A key is an SSH key where its OpenSSH form is read; others sign certificates.
fn is_ssh_key(module: &Module<'_>, resource: &Resource<'_>) -> bool {
    module.configuration().any(|source| {
        source.document().expressions().any(|expression| {
            let Some(steps) = expression.as_reference() else { return false };
            let mut names = steps.iter().filter(|step| !step.bytes().all(|byte| byte.is_ascii_digit()));
            names.next().is_some_and(|kind| *kind == "tls_private_key")
                && names.next().is_some_and(|name| *name == resource.name)
                && names.any(|attribute| matches!(attribute.as_ref(), "public_key_openssh" | "private_key_openssh"))
        })
    })
}
