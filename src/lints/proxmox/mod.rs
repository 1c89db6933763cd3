//! Lints of bpg/proxmox resources. They judge literal values only; what comes through variables is left alone.

pub(super) mod duplicate_tags;
pub(super) mod iothread_without_virtio_scsi_single;
pub(super) mod mount_point_size_without_unit;
pub(super) mod scsi_controller;
pub(super) mod snippet_datastore;
pub(super) mod ssh_key_algorithm;
pub(super) mod unsorted_tags;

use std::borrow::Cow;

use crate::source::Span;
use crate::syntax::hcl::ExprView;
use crate::terraform::{Declaration, Module, Resource};

/// The controller with a queue of its own for each disk.
const SINGLE: &str = "virtio-scsi-single";

/// What `scsi_hardware` is when it is not written (schema default of bpg/proxmox 0.111).
const DEFAULT_CONTROLLER: &str = "virtio-scsi-pci";

const VM: &str = "proxmox_virtual_environment_vm";
const CONTAINER: &str = "proxmox_virtual_environment_container";

/// What a resource says about its SCSI controller.
enum Controller<'a> {
    /// A literal.
    Written(Declaration<'a>, Span, Cow<'a, str>),
    /// Nothing, so the provider's default holds.
    Default,
    /// An expression.
    Computed,
}

fn controller<'a>(resource: &Resource<'a>) -> Controller<'a> {
    match resource.attribute("scsi_hardware") {
        None => Controller::Default,
        Some((_, attribute)) if attribute.value().is_null() => Controller::Default,
        Some((declaration, attribute)) => match attribute.value().as_string() {
            Some(value) => Controller::Written(declaration, attribute.value().span(), value),
            None => Controller::Computed,
        },
    }
}

/// Literal tags of a resource: where they stand, and each with its place. Nothing when one of them is computed.
struct Tags<'a> {
    declaration: Declaration<'a>,
    list: ExprView<'a>,
    all: Vec<(Cow<'a, str>, Span)>,
}

/// The resources of a module whose `tags` is a list of literal strings.
fn literal_tags<'m>(module: &'m Module<'_>) -> impl Iterator<Item = (String, Tags<'m>)> {
    // Other resources of the provider have a set of tags, which Terraform sorts and makes unique.
    let guests = module.managed(VM).chain(module.managed(CONTAINER));
    guests.filter_map(|resource| {
        let (declaration, attribute) = resource.attribute("tags")?;
        let list = attribute.value().unparenthesised();
        let all: Option<Vec<_>> =
            list.elements()?.into_iter().map(|element| Some((element.as_string()?, element.span()))).collect();
        Some((resource.address(), Tags { declaration, list, all: all? }))
    })
}
