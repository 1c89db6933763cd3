# Bugs that were fixed once, each with the version of its fix (see CHANGELOG.md).

mock_provider "proxmox" {}
mock_provider "tls" {}

variables {
  node_name      = "pve1"
  image_file_id  = "local:import/debian-13.qcow2"
  ip_address     = "192.168.10.4/24"
  gateway        = "192.168.10.1"
  repository_url = "https://git.home.arpa/ops/homelab.git"
}

# v0.4.0: with virtio-scsi-pci QEMU ignored the I/O threads, and every compaction stalled the guest.
run "every_disk_has_its_own_thread" {
  command = plan

  assert {
    condition     = proxmox_virtual_environment_vm.this.scsi_hardware == "virtio-scsi-single"
    error_message = "I/O threads need the controller virtio-scsi-single"
  }

  assert {
    condition     = proxmox_virtual_environment_vm.this.disk[0].iothread && proxmox_virtual_environment_vm.this.disk[1].iothread
    error_message = "system and data disk must both have an I/O thread"
  }
}

# v0.5.0: local-lvm stores no files, and the upload failed after ten minutes.
run "snippet_lies_on_local" {
  command = plan

  assert {
    condition     = proxmox_virtual_environment_file.vendor_data.datastore_id == "local"
    error_message = "only the datastore local takes snippets"
  }

  assert {
    condition     = proxmox_virtual_environment_file.vendor_data.content_type == "snippets"
    error_message = "cloud-init data must be uploaded as a snippet"
  }
}

# v0.7.2: the module replaced the caller's tags by its own.
run "caller_tags_are_kept" {
  command = plan

  variables {
    tags = ["prod", "critical"]
  }

  assert {
    condition     = length(setintersection(proxmox_virtual_environment_vm.this.tags, ["prod", "critical"])) == 2
    error_message = "tags of the caller were dropped"
  }
}

# v0.7.2: a tag that the module adds and the caller names was written twice.
run "tags_are_sorted_and_distinct" {
  command = plan

  variables {
    tags = ["prod", "monitoring", "critical"]
  }

  assert {
    condition     = join(",", proxmox_virtual_environment_vm.this.tags) == "critical,monitoring,prod,terraform"
    error_message = "tags must be sorted and each be there once"
  }
}

# v0.9.0: the key was a 2048-bit RSA key, which the nodes' SSH policy no longer accepts.
run "ssh_key_is_ed25519" {
  command = plan

  assert {
    condition     = tls_private_key.ssh.algorithm == "ED25519"
    error_message = "the key for the nodes must be an ED25519 key"
  }
}
