//! Differences and guests that raise no alarm, each with its reason and, if wished, an end.

use crate::config::date::Date;
use crate::config::located::Located;
use crate::config::pattern::Wildcard;

/// A block `ignore` of an environment.
#[derive(Clone, Debug, PartialEq)]
pub struct IgnoreRule {
    /// The resources.
    pub resource: Located<Wildcard>,
    /// The attributes; all when unset.
    pub attribute: Option<Located<Wildcard>>,
    /// Why.
    pub reason: Located<String>,
    /// The last day it counts.
    pub until: Option<Located<Date>>,
}

impl IgnoreRule {
    /// Whether it is about `attribute` (a path such as `network_device[0].vlan_id`) of the resource at `address`.
    ///
    /// A pattern that does not begin with `module.` is compared with the address inside its module, so one rule serves
    /// all callers. A pattern for an attribute covers what is inside of it.
    #[must_use]
    pub fn covers(&self, address: &str, attribute: &str) -> bool {
        let resource = &self.resource.value;
        let address_fits = resource.matches(address)
            || (!resource.0.starts_with("module.") && resource.matches(without_modules(address)));
        let covered = |pattern: &Located<Wildcard>| {
            let outer = attribute.match_indices(['.', '[']).map(|(end, _)| &attribute[..end]);
            outer.chain([attribute]).any(|path| pattern.matches(path))
        };
        address_fits && self.attribute.as_ref().is_none_or(covered)
    }

    /// Whether it still counts on the day `today`.
    #[must_use]
    pub fn is_active(&self, today: Date) -> bool {
        self.until.as_ref().is_none_or(|until| today <= until.value)
    }
}

/// `module.a["x.y"].type.name` is `type.name` inside its module.
fn without_modules(address: &str) -> &str {
    let mut rest = address;
    while let Some(path) = rest.strip_prefix("module.") {
        let (mut quoted, mut escaped, mut depth) = (false, false, 0_u32);
        let is_end = |letter: char| {
            match letter {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                '[' if !quoted => depth += 1,
                ']' if !quoted => depth = depth.saturating_sub(1),
                '.' if !quoted && depth == 0 => return true,
                _ => {}
            }
            false
        };
        match path.find(is_end) {
            Some(end) => rest = &path[end + 1..],
            None => return rest,
        }
    }
    rest
}

/// A block `ignore` of the inventory. A guest is ignored when everything given fits it.
#[derive(Clone, Debug, PartialEq)]
pub struct GuestIgnore {
    /// The guest's number.
    pub vmid: Option<Located<u32>>,
    /// The guest's name.
    pub name: Option<Located<Wildcard>>,
    /// A tag the guest has.
    pub tag: Option<Located<String>>,
    /// The pool the guest is in.
    pub pool: Option<Located<String>>,
    /// Whether the guest is a template.
    pub template: Option<Located<bool>>,
    /// Why.
    pub reason: Located<String>,
    /// The last day it counts.
    pub until: Option<Located<Date>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(resource: &str, attribute: Option<&str>) -> IgnoreRule {
        let wildcard = |text: &str| Located::default(Wildcard(text.to_owned()));
        IgnoreRule {
            resource: wildcard(resource),
            attribute: attribute.map(wildcard),
            reason: Located::default("test".to_owned()),
            until: Date::new(2026, 12, 31).map(Located::default),
        }
    }

    #[test]
    fn a_resource_pattern_fits_in_every_module() {
        let tags = rule("proxmox_virtual_environment_vm.*", Some("tags"));
        assert!(tags.covers("proxmox_virtual_environment_vm.web", "tags"));
        assert!(tags.covers("module.vms[\"a.b\"].module.x[0].proxmox_virtual_environment_vm.web[\"k\"]", "tags"));
        assert!(!tags.covers("module.vms.proxmox_virtual_environment_container.web", "tags"));
        assert!(!tags.covers("proxmox_virtual_environment_vm.web", "memory"));
        let module = rule("module.k3s*.x.*", None);
        assert!(module.covers("module.k3s[\"a\"].x.y", "anything"));
        assert!(!module.covers("module.other.x.y", "anything"));
    }

    #[test]
    fn an_attribute_covers_what_is_inside() {
        let network = rule("*", Some("network_device"));
        assert!(network.covers("a.b", "network_device[1].vlan_id"));
        assert!(!network.covers("a.b", "network_devices"));
        assert!(rule("*", Some("tags*")).covers("a.b", "tags_all[\"x\"]"));
    }

    #[test]
    fn ends_after_its_last_day() {
        let rule = rule("*", None);
        assert!(Date::new(2026, 12, 31).is_some_and(|day| rule.is_active(day)));
        assert!(Date::new(2027, 1, 1).is_some_and(|day| !rule.is_active(day)));
    }

    #[test]
    fn odd_addresses_stay_whole() {
        for address in ["", "module.", "module.a", "module.a[\"", "x"] {
            assert_eq!(without_modules(address), address);
        }
    }
}
