# How the list of further disks becomes SCSI slots.

mock_provider "proxmox" {}

variables {
  name            = "git"
  vm_id           = 120
  node_name       = "pve1"
  image_file_id   = "local:import/debian-13.qcow2"
  ssh_public_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLE ops"]
}

run "boot_disk_only" {
  command = plan

  assert {
    condition     = join(",", proxmox_virtual_environment_vm.this.disk[*].interface) == "scsi0"
    error_message = "the boot disk must be scsi0 and the only one"
  }

  assert {
    condition     = proxmox_virtual_environment_vm.this.disk[0].import_from == "local:import/debian-13.qcow2"
    error_message = "the boot disk must be made from the image"
  }
}

run "further_disks_follow_in_order" {
  command = plan

  variables {
    datastore_id     = "tank"
    additional_disks = [{ size_gb = 100 }, { size_gb = 10, datastore_id = "nvme", backup = false }]
  }

  assert {
    condition     = join(",", proxmox_virtual_environment_vm.this.disk[*].interface) == "scsi0,scsi1,scsi2"
    error_message = "disks must take the slots in the caller's order"
  }

  assert {
    condition     = join(",", proxmox_virtual_environment_vm.this.disk[*].datastore_id) == "tank,tank,nvme"
    error_message = "a disk without datastore takes that of the guest"
  }

  assert {
    condition     = join(",", proxmox_virtual_environment_vm.this.disk[*].size) == "20,100,10"
    error_message = "every disk must have the size asked for"
  }

  assert {
    condition     = proxmox_virtual_environment_vm.this.disk[1].backup && !proxmox_virtual_environment_vm.this.disk[2].backup
    error_message = "a disk is backed up unless the caller says otherwise"
  }
}

run "outputs" {
  command = plan

  variables {
    ip_address  = "192.168.10.20/24"
    gateway     = "192.168.10.1"
    dns_servers = ["192.168.10.2"]
  }

  assert {
    condition     = output.ip_address == "192.168.10.20"
    error_message = "the address must come without its prefix length"
  }

  assert {
    condition     = "${output.name}:${output.vm_id}" == "git:120"
    error_message = "name and id must be those of the guest"
  }

  assert {
    condition     = proxmox_virtual_environment_vm.this.initialization[0].dns[0].servers[0] == "192.168.10.2"
    error_message = "the DNS server must reach cloud-init"
  }
}
