//! See `lints/proxmox/snippet-datastore/README.md`.

use crate::config::Literal;
use crate::linter::{Check, Reporter};
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

/// The datastore that holds snippets on every Proxmox node, unless the input `datastore` names another.
const DATASTORE: &str = "local";

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    let wanted = match out.config().lint.input("proxmox/snippet-datastore", "datastore") {
        Some(Literal::Text(name)) => name.as_str(),
        _ => DATASTORE,
    };
    for resource in module.managed("proxmox_virtual_environment_file") {
        let is_snippet = resource
            .attribute("content_type")
            .is_some_and(|(_, attribute)| attribute.value().as_string().as_deref() == Some("snippets"));
        let Some((declaration, attribute)) = resource.attribute("datastore_id").filter(|_| is_snippet) else {
            continue;
        };
        let Some(found) = attribute.value().as_string().filter(|found| found != wanted) else { continue };
        let place = declaration.location(attribute.value().span());
        out.report(
            out.finding(place, format!("snippet on datastore `{found}` instead of `{wanted}`"))
                .help(format!("write `datastore_id = \"{wanted}\"`"))
                .subject(resource.address()),
        );
    }
}
