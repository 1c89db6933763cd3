//! What a Proxmox VE cluster would answer: identifiers, addresses of guests, names of files.

use super::{Source, text};
use crate::value::{Value, element, member, object, set_member};

/// The computed values of one resource; `open` is its state before anything was filled in.
pub fn values(type_name: &str, open: &Value, state: &Value, source: &Source) -> Vec<(&'static str, Value)> {
    match type_name {
        "proxmox_virtual_environment_vm" => machine(state, source),
        "proxmox_virtual_environment_container" => container(state, source),
        "proxmox_virtual_environment_file" => file(state),
        "proxmox_virtual_environment_download_file" | "proxmox_download_file" => {
            let url = member(state, "url").as_str().unwrap_or_default();
            stored_file(state, member(open, "file_name").as_str().unwrap_or_else(|| last_part(url)))
        }
        _ => Vec::new(),
    }
}

/// A description is stored trimmed; that of a container ends with a line feed (`StateFunc` in bpg/proxmox).
pub fn adjust_plan(type_name: &str, planned: &mut Value) {
    let Some(description) = member(planned, "description").as_str() else { return };
    let mut stored = description.trim().replace("\r\n", "\n");
    if !stored.is_empty() && type_name.ends_with("_container") {
        stored.push('\n');
    }
    if stored != description {
        set_member(planned, "description", stored.into());
    }
}

fn machine(state: &Value, source: &Source) -> Vec<(&'static str, Value)> {
    let devices = member(state, "network_device").as_array().map_or(0, Vec::len);
    let mut source = source.branch("network");
    let mut macs = Vec::new();
    let mut names = vec![Value::from("lo")];
    let mut addresses = vec![Value::Array(vec!["127.0.0.1".into()])];
    for index in 0..devices {
        let configured = member(element(member(state, "network_device"), index), "mac_address");
        macs.push(configured.as_str().map_or_else(|| text::mac_address(&mut source).into(), Value::from));
        names.push(format!("eth{index}").into());
        addresses.push(Value::Array(vec![address(&mut source)]));
    }
    let local = std::iter::once(Value::Array(vec!["::1".into()]));
    vec![
        ("id", number_text(member(state, "vm_id"))),
        ("mac_addresses", Value::Array(macs)),
        ("network_interface_names", Value::Array(names)),
        ("ipv4_addresses", Value::Array(addresses)),
        ("ipv6_addresses", Value::Array(local.chain((0..devices).map(|_| Value::Array(Vec::new()))).collect())),
    ]
}

fn container(state: &Value, source: &Source) -> Vec<(&'static str, Value)> {
    let mut source = source.branch("network");
    let interfaces = member(state, "network_interface").as_array().map(Vec::as_slice).unwrap_or_default();
    let names = interfaces.iter().filter_map(|interface| member(interface, "name").as_str());
    let addresses: Vec<(&str, Value)> = names.map(|name| (name, address(&mut source))).collect();
    vec![("id", number_text(member(state, "vm_id"))), ("ipv4", object(addresses)), ("ipv6", Value::Map(Vec::new()))]
}

/// An address of 192.0.2.0/24, the range for documentation (RFC 5737).
fn address(source: &mut Source) -> Value {
    format!("192.0.2.{}", 1 + source.below(254)).into()
}

fn file(state: &Value) -> Vec<(&'static str, Value)> {
    let raw = member(element(member(state, "source_raw"), 0), "file_name");
    let local = element(member(state, "source_file"), 0);
    let given = [raw, member(local, "file_name"), member(local, "path")];
    let name = given.iter().find_map(|value| value.as_str()).filter(|name| !name.is_empty());
    stored_file(state, last_part(name.unwrap_or("file")))
}

fn stored_file(state: &Value, name: &str) -> Vec<(&'static str, Value)> {
    let datastore = member(state, "datastore_id").as_str().unwrap_or("local");
    let content = member(state, "content_type").as_str().unwrap_or("iso");
    vec![("id", format!("{datastore}:{content}/{name}").into()), ("file_name", name.into())]
}

fn last_part(path: &str) -> &str {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("file")
}

fn number_text(number: &Value) -> Value {
    number.as_u64().map_or(Value::Nil, |number| number.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn container_description_ends_with_a_line_feed() {
        let stored = |type_name, text: &str| {
            let mut planned = object([("description", text.into())]);
            adjust_plan(type_name, &mut planned);
            member(&planned, "description").as_str().map(str::to_owned)
        };
        assert_eq!(stored("proxmox_virtual_environment_container", "web").as_deref(), Some("web\n"));
        assert_eq!(stored("proxmox_virtual_environment_vm", " web\r\nsite\n").as_deref(), Some("web\nsite"));
        assert_eq!(stored("proxmox_virtual_environment_container", "").as_deref(), Some(""));
    }

    #[test]
    fn downloaded_file_is_named_after_its_url() {
        let state = object([
            ("url", "https://example.org/images/debian.img?x=1".into()),
            ("datastore_id", "local".into()),
            ("content_type", "iso".into()),
        ]);
        let values = values("proxmox_download_file", &state, &state, &Source::new("seed"));
        assert_eq!(values[0], ("id", "local:iso/debian.img".into()));
    }
}
