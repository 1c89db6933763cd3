resource_invariant "proxmox_*" "on-a-node" {
  enforce {
    condition     = attrs.node_name != ""
    error_message = "no node"
  }
}

call_invariant "./modules/vault" "named" {
  enforce {
    condition     = attrs.name != ""
    error_message = "no name"
  }
}
