run "plan" {
  command = plan
  assert {
    condition     = proxmox_virtual_environment_container.web.mount_point[0].replicate
    error_message = "defaults of blocks must be planned"
  }
  assert {
    condition     = proxmox_virtual_environment_vm.db.description == null && length(proxmox_virtual_environment_vm.db.memory) == 0
    error_message = "an empty default plans null, an absent block an empty list"
  }
  assert {
    condition     = proxmox_virtual_environment_vm.db.network_device[0].model == "virtio"
    error_message = "elements of an attribute in block syntax must get their defaults"
  }
}

run "apply" {
  assert {
    condition     = startswith(tls_private_key.key.public_key_openssh, "ssh-ed25519 ") && length(random_password.root.result) == 20
    error_message = "computed values must look real"
  }
  assert {
    condition     = proxmox_virtual_environment_vm.db.id == "201" && proxmox_virtual_environment_vm.db.disk[0].size == 8
    error_message = "unknown values must become known"
  }
}
