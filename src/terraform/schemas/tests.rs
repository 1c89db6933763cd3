use super::*;
use crate::terraform::ResourceMode::{self, Data, Managed};

fn block(source: &str, mode: ResourceMode, kind: &str) -> &'static BlockSchema {
    Schemas::bundled().provider(source).and_then(|provider| provider.block(mode, kind)).expect("bundled")
}

fn string(text: &str) -> Unset {
    Unset::Default(SchemaLiteral::String(text.into()))
}

#[test]
fn every_bundled_type_can_be_decoded() {
    let mut types = 0;
    for source in ["bpg/proxmox", "telmate/proxmox", "cloudinit", "external", "http", "local", "null", "random", "time"]
    {
        let provider = Schemas::bundled().provider(source).expect(source);
        assert!(provider.config().is_some(), "{source}");
        for mode in [Managed, Data, ResourceMode::Ephemeral] {
            for kind in provider.kinds(mode) {
                assert!(provider.block(mode, kind).is_some(), "{source}: {kind}");
                types += 1;
            }
        }
    }
    assert!(types > 200, "{types}");
}

#[test]
fn unset_attributes_are_what_a_plan_says() {
    let vm = block("bpg/proxmox", Managed, "proxmox_virtual_environment_vm");
    assert_eq!(*vm.attributes["scsi_hardware"].unset(), string("virtio-scsi-pci"));
    assert_eq!(*vm.attributes["description"].unset(), Unset::Null);
    assert_eq!(*vm.attributes["tags"].unset(), Unset::Null);
    assert!(vm.attributes["tags"].is_order_insensitive);
    assert_eq!(*vm.attributes["started"].unset(), Unset::Default(SchemaLiteral::Bool(true)));
    let disk = &vm.blocks["disk"];
    assert_eq!(*disk.block.attributes["size"].unset(), Unset::Unknown);
    assert_eq!(*disk.block.attributes["iothread"].unset(), Unset::Default(SchemaLiteral::Bool(false)));
    assert_eq!((disk.nesting, disk.is_computed, disk.is_order_insensitive), (Nesting::List, false, true));
    assert!(vm.blocks["vga"].is_computed);
    let container = block("bpg/proxmox", Managed, "proxmox_virtual_environment_container");
    let mount = &container.blocks["mount_point"];
    assert_eq!(mount.max_items, Some(256));
    assert_eq!(mount.block.attributes["size"].ty, Type::String);
    assert_eq!(*mount.block.attributes["size"].unset(), Unset::Null);
    assert!(mount.block.attributes["size"].forces_replacement);
}

#[test]
fn data_sources_may_fill_everything() {
    let vm = block("bpg/proxmox", Data, "proxmox_virtual_environment_vm");
    assert!(vm.attributes.values().all(|attribute| attribute.unset == Unset::Unknown));
}

#[test]
fn objects_may_be_written_as_blocks() {
    let vm = block("bpg/proxmox", Managed, "proxmox_virtual_environment_vm");
    let device = &vm.attributes["network_device"];
    assert!(device.may_be_blocks());
    let members = device.members.as_ref().expect("members");
    assert_eq!(members.attributes["bridge"].unset, string("vmbr0"));
    assert!(vm.takes("network_device") && vm.takes("disk") && !vm.takes("ipv4_addresses") && vm.has("ipv4_addresses"));
}

const OFFICIAL: &str = r#"{"format_version":"1.0","provider_schemas":{
  "registry.terraform.io/bpg/proxmox":{"provider":{"version":0,"block":{}},"resource_schemas":{
    "proxmox_virtual_environment_vm":{"version":0,"block":{"attributes":{
      "description":{"type":"string","optional":true},
      "invented":{"type":["set","bool"],"optional":true},
      "ruled":{"type":["object",{"a":"string","b":["list","number"]},["b"]],"required":true},
      "nested":{"nested_type":{"attributes":{"x":{"type":"dynamic","required":true}},"nesting_mode":"map"},"computed":true}
    },"block_types":{"disk":{"nesting_mode":"list","block":{"attributes":{"iothread":{"type":"bool","optional":true}}}}}}}
  }},
  "example.com/acme/thing":{"resource_schemas":{"thing_one":{"version":0,"block":{}}}}
}}"#;

#[test]
fn users_files_go_first_and_ours_fill_what_they_lack() {
    let mut schemas = Schemas::default();
    schemas.add(OFFICIAL.as_bytes()).expect("official");
    let provider = schemas.provider("bpg/proxmox").expect("named");
    assert_eq!(provider.version, None);
    let vm = provider.block(Managed, "proxmox_virtual_environment_vm").expect("decoded");
    assert_eq!(vm.attributes["description"].unset, Unset::Null);
    assert_eq!(vm.attributes["invented"].unset, Unset::Unknown);
    assert_eq!(vm.attributes["ruled"].ty.to_string(), "object({a = string, b = optional(list(number))})");
    assert_eq!(vm.attributes["nested"].ty.to_string(), "map(object({x = any}))");
    let disk = &vm.blocks["disk"];
    assert!(!disk.is_computed);
    assert_eq!(disk.block.attributes["iothread"].unset, Unset::Default(SchemaLiteral::Bool(false)));
    assert!(provider.block(Managed, "proxmox_virtual_environment_container").is_none());
    assert!(schemas.provider("example.com/acme/thing").expect("named").has(Managed, "thing_one"));
    assert!(schemas.provider("hashicorp/tls").is_some());
    assert_eq!(schemas.only_provider_of(Managed, "thing_one").expect("one").source.as_ref(), "example.com/acme/thing");
}

#[test]
fn other_files_are_refused() {
    let error = Schemas::default().add(b"{}").expect_err("no schemas");
    assert!(error.to_string().starts_with("not what `terraform providers schema -json` prints"), "{error}");
}
