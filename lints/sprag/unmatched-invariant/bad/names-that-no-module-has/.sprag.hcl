lint {
  enable = ["proxmox/empty-vmids", "proxmox/minio-outputs"]
}

module_invariant "**/modules/backup" "named" {
  enforce {
    condition     = output.name != ""
    error_message = "the backup has no name"
  }
}
