lint {
  enable = ["proxmox/empty-vmids"]
}

module_invariant "**" "named" {
  enforce {
    condition     = output.name != ""
    error_message = "the backup has no name"
  }
}
