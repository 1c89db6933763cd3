# Bugs that were fixed once, each with the version of its fix (see CHANGELOG.md).

mock_provider "proxmox" {}

variables {
  name            = "git"
  node_name       = "pve1"
  image_file_id   = "local:import/debian-13.qcow2"
  ssh_public_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLE ops"]
}

# v0.4.0: with virtio-scsi-pci QEMU ignored the I/O threads, and one busy disk stalled all.
run "every_disk_has_its_own_thread" {
  command = plan

  variables {
    additional_disks = [{ size_gb = 100 }, { size_gb = 10, datastore_id = "nvme" }]
  }

  assert {
    condition     = proxmox_virtual_environment_vm.this.scsi_hardware == "virtio-scsi-single"
    error_message = "I/O threads need the controller virtio-scsi-single"
  }

  assert {
    condition     = length([for disk in proxmox_virtual_environment_vm.this.disk : disk if disk.iothread]) == 3
    error_message = "the boot disk and both further disks must have an I/O thread"
  }
}

# v0.7.2: the module replaced the caller's tags by its own.
run "caller_tags_are_kept" {
  command = plan

  variables {
    tags = ["prod", "git"]
  }

  assert {
    condition     = length(setintersection(proxmox_virtual_environment_vm.this.tags, ["prod", "git"])) == 2
    error_message = "tags of the caller were dropped: ${join(", ", output.tags)}"
  }
}

# v0.7.2: unsorted tags showed up as a change in every plan.
run "tags_are_sorted_and_distinct" {
  command = plan

  variables {
    tags = ["web", "prod", "terraform", "web"]
  }

  assert {
    condition     = join(",", proxmox_virtual_environment_vm.this.tags) == "prod,terraform,web"
    error_message = "tags must be sorted and each be there once"
  }
}

# v1.1.0: `servers = []` made the provider write an empty name server.
run "no_dns_block_without_servers" {
  command = plan

  assert {
    condition     = length(proxmox_virtual_environment_vm.this.initialization[0].dns) == 0
    error_message = "without DNS servers the guest must take those of its node"
  }
}
