lint {
  severity = { "invariant/no-public-address" = "warning" }
}
resource_invariant "proxmox_virtual_environment_vm" "no-public-address" {
  enforce {
    condition     = attrs.name != "public"
    error_message = "no guest is public"
  }
}
