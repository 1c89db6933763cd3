//! See `lints/proxmox/scsi-controller/README.md`.

use super::{Controller, DEFAULT_CONTROLLER, SINGLE, VM, controller};
use crate::linter::{Check, Reporter};
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for resource in module.managed(VM) {
        let declaration = resource.declaration;
        let finding = match controller(resource) {
            Controller::Computed => continue,
            Controller::Written(_, _, value) if value == SINGLE => continue,
            Controller::Written(declaration, span, value) => {
                out.finding(declaration.location(span), format!("SCSI controller `{value}` instead of `{SINGLE}`"))
            }
            Controller::Default => {
                let place = declaration.location(declaration.block.header_span());
                let message = format!("no `scsi_hardware`, so the SCSI controller is `{DEFAULT_CONTROLLER}`");
                out.finding(place, message)
            }
        };
        let help = format!("write `scsi_hardware = \"{SINGLE}\"`");
        out.report(finding.help(help).subject(resource.address()));
    }
}
