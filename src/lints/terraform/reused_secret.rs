//! See `lints/terraform/reused-secret/README.md`.

use std::collections::BTreeMap;

use crate::diagnostic::Location;
use crate::linter::{Check, Reporter};
use crate::syntax::hcl::{BlockView, ExprKind, ExprView};
use crate::terraform::{Module, Reference, ResourceMode, Role, visit_references};

pub(crate) const CHECK: Check = Check::Module(check);

/// Resources that make secrets, and the attributes that hold them.
const SECRETS: &[(&str, &[&str])] = &[
    ("random_password", &["result", "bcrypt_hash"]),
    ("random_bytes", &["base64", "hex"]),
    ("tls_private_key", &["private_key_pem", "private_key_openssh", "private_key_pem_pkcs8"]),
];

/// Words in the types of resources that only keep a secret for those who use it.
const STORES: &[&str] =
    &["secret", "vault", "ssm_parameter", "onepassword", "bitwarden", "local_file", "sensitive_file"];

/// Where a secret is used: the resource or call that takes it, and by which argument.
struct Use {
    taker: String,
    argument: String,
    location: Location,
}

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    let makes_secrets = |kind: &str| SECRETS.iter().any(|(secret, _)| *secret == kind);
    let is_overridden = module.sources.iter().any(|source| source.role == Role::Override);
    let mut makers =
        module.resources.iter().filter(|one| one.mode == ResourceMode::Managed && makes_secrets(&one.kind));
    let makers: Vec<_> = makers.by_ref().collect();
    if makers.is_empty() || is_overridden || !module.is_complete {
        return;
    }
    let uses = uses(module);
    for maker in makers {
        let address = maker.address();
        let Some(all) = uses.get(&address) else { continue };
        // One purpose may need a secret in several arguments, and several instances of one kind may share one.
        let mut purposes: Vec<&Use> = Vec::new();
        for one in all {
            let is_known = |known: &&Use| known.argument == one.argument || known.taker == one.taker;
            if !purposes.iter().any(is_known) {
                purposes.push(one);
            }
        }
        if purposes.len() < 2 {
            continue;
        }
        let place = maker.declaration.location(maker.declaration.block.header_span());
        let message = format!("the secret `{address}` serves {} purposes", purposes.len());
        let mut finding = out.finding(place, message).subject(address);
        for one in purposes {
            finding = finding.label(one.location, format!("`{}` of `{}`", one.argument, one.taker));
        }
        out.report(finding.help("make one for each: whoever learns it at one place has them all"));
    }
}

/// The uses of each secret in arguments of resources and calls, by its address. Only what is passed as it is counts:
/// a hash or a file in which it is one of many lines is another matter.
fn uses(module: &Module<'_>) -> BTreeMap<String, Vec<Use>> {
    let mut found: BTreeMap<String, Vec<Use>> = BTreeMap::new();
    let managed = module.resources.iter().filter(|resource| resource.mode == ResourceMode::Managed);
    let resources = managed.map(|resource| (resource.kind.to_string(), resource.address(), resource.declaration));
    let calls = module.calls.iter().map(|call| (String::new(), format!("module.{}", call.name()), *call));
    for (kind, taker, declaration) in resources.chain(calls) {
        // What derives from a key, such as its certificate, belongs to it.
        if kind.starts_with("tls_") || kind.starts_with("random_") || kind == "terraform_data" {
            continue;
        }
        if STORES.iter().any(|word| kind.contains(word)) {
            continue;
        }
        let mut bodies = vec![declaration.block.body()];
        while let Some(body) = bodies.pop() {
            bodies.extend(
                body.blocks()
                    .filter(|block| !matches!(block.kind(), "lifecycle" | "provisioner" | "connection"))
                    .map(BlockView::body),
            );
            for attribute in body.attributes().filter(|attribute| attribute.name() != "depends_on") {
                let Some(address) = secret(attribute.value()) else { continue };
                let location = declaration.location(attribute.value().span());
                let argument = attribute.name().to_owned();
                found.entry(address).or_default().push(Use { taker: taker.clone(), argument, location });
            }
        }
    }
    found
}

/// The address of the secret that an expression is, and nothing else.
fn secret(value: ExprView<'_>) -> Option<String> {
    let value = value.unparenthesised();
    if !matches!(value.kind(), ExprKind::GetAttr { .. }) {
        return None;
    }
    let mut found = None;
    visit_references(value, &[], &mut |reference: Reference<'_>| {
        let is_secret = |attribute: &str| {
            SECRETS.iter().any(|(kind, attributes)| *kind == reference.root && attributes.contains(&attribute))
        };
        if let (Some(name), Some(attribute), 2) = (reference.name(0), reference.name(1), reference.steps.len())
            && is_secret(attribute)
        {
            found = Some(format!("{}.{name}", reference.root));
        }
    });
    found
}
