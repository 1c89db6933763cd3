preset = "homelab"

lint {
  ignore = ["proxmox/retention-format"]
  enable = ["proxmox/retention-format"]
}

# Whoever asks knows that the name may be missing.
module_invariant "**/modules/backup" "asks" {
  enforce {
    condition     = try(output.name, "nightly") != ""
    error_message = "the backup has no name"
  }
}
