//! See `lints/proxmox/iothread-without-virtio-scsi-single/README.md`.

use super::{Controller, DEFAULT_CONTROLLER, SINGLE, VM, controller};
use crate::linter::{Check, Reporter};
use crate::syntax::hcl::ExprView;
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for resource in module.managed(VM) {
        let (found, written) = match controller(resource) {
            Controller::Computed => continue,
            Controller::Written(_, _, value) if value == SINGLE => continue,
            Controller::Written(declaration, span, value) => (value.into_owned(), Some(declaration.location(span))),
            Controller::Default => (DEFAULT_CONTROLLER.to_owned(), None),
        };
        for disk in resource.blocks("disk") {
            let on_scsi = disk.value("interface").and_then(ExprView::as_string);
            let Some(iothread) = disk.value("iothread").filter(|value| value.as_bool() == Some(true)) else { continue };
            if !on_scsi.is_some_and(|interface| interface.starts_with("scsi")) {
                continue;
            }
            let place = disk.declaration.location(iothread.span());
            let message = format!("`iothread` has no effect on a SCSI disk under the controller `{found}`");
            let finding = out.finding(place, message).help(format!("set `scsi_hardware = \"{SINGLE}\"`"));
            let finding = match written {
                Some(location) => finding.label(location, "the controller"),
                None => finding.label(
                    resource.declaration.location(resource.declaration.block.header_span()),
                    format!("`scsi_hardware` is not set: the provider takes `{found}`"),
                ),
            };
            out.report(finding.subject(resource.address()));
        }
    }
}
