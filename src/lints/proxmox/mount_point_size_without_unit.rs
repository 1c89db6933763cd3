//! See `lints/proxmox/mount-point-size-without-unit/README.md`.

use super::CONTAINER;
use crate::diagnostic::Applicability;
use crate::linter::{Check, Reporter};
use crate::lints::with_fix;
use crate::syntax::hcl::ExprView;
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for resource in module.managed(CONTAINER) {
        for mount in resource.blocks("mount_point") {
            let Some(size) = mount.value("size") else { continue };
            let Some(written) = literal(size) else { continue };
            if written.is_empty() || has_unit(&written) {
                continue;
            }
            let place = mount.declaration.location(size.span());
            let message = format!("mount point size `{written}` has no unit");
            let finding = out.finding(place, message).note("Proxmox recreates the container at every plan");
            let digits = written.bytes().all(|byte| byte.is_ascii_digit());
            let wanted = format!("\"{written}G\"");
            let finding = finding
                .help(if digits {
                    format!("write `{wanted}`")
                } else {
                    "write a number and a unit: `\"50G\"`".to_owned()
                })
                .subject(resource.address());
            let edits = [(size.span(), wanted.as_str())];
            let edits = if digits { &edits[..] } else { &[] };
            out.report(with_fix(finding, mount.declaration.source, Applicability::Unsafe, edits));
        }
    }
}

/// A literal string or number.
fn literal(size: ExprView<'_>) -> Option<String> {
    size.as_string().map(std::borrow::Cow::into_owned).or_else(|| size.as_number().map(str::to_owned))
}

/// A number, then k, m, g or t, perhaps `B` or `iB`, in any case.
fn has_unit(size: &str) -> bool {
    let size = size.to_ascii_lowercase();
    let number = size.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &size[number.len()..];
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let suffix = unit.strip_prefix(['k', 'm', 'g', 't']);
    is_digits(whole) && is_digits(fraction) && matches!(suffix, Some("" | "b" | "ib"))
}

#[cfg(test)]
mod tests {
    use super::has_unit;

    #[test]
    fn units_are_those_that_proxmox_knows() {
        for size in ["50G", "512m", "1.5T", "10GB", "10GiB", "4k"] {
            assert!(has_unit(size), "{size}");
        }
        for size in ["50", "G", "5 G", "50X", "1.G", ".5G", "50Gi", "-5G"] {
            assert!(!has_unit(size), "{size}");
        }
    }
}
