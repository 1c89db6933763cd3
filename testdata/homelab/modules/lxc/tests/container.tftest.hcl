# What the container looks like beyond the bugs of the past.

mock_provider "proxmox" {}

variables {
  hostname         = "dns"
  vm_id            = 210
  node_name        = "pve1"
  node_address     = "pve1.home.arpa"
  template_file_id = "local:vztmpl/debian-13-standard.tar.zst"
  ssh_public_keys  = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLE ops"]
}

run "unprivileged_and_started_with_the_node" {
  command = plan

  assert {
    condition     = proxmox_virtual_environment_container.this.unprivileged
    error_message = "containers must not run as root of the node"
  }

  assert {
    condition     = proxmox_virtual_environment_container.this.start_on_boot
    error_message = "containers must come back after a power cut"
  }
}

run "mount_points_fall_back_to_the_datastore" {
  command = plan

  variables {
    datastore_id = "tank"
    mount_points = [{ path = "/srv", size_gb = 50 }, { path = "/cache", size_gb = 5, datastore_id = "nvme", backup = false }]
  }

  assert {
    condition     = join(",", proxmox_virtual_environment_container.this.mount_point[*].volume) == "tank,nvme"
    error_message = "a mount point without datastore takes that of the container"
  }

  assert {
    condition     = proxmox_virtual_environment_container.this.mount_point[0].backup && !proxmox_virtual_environment_container.this.mount_point[1].backup
    error_message = "a mount point is backed up unless the caller says otherwise"
  }
}

run "security_updates_can_be_declined" {
  command = plan

  variables {
    security_updates = false
  }

  assert {
    condition     = !output.security_updates && length(terraform_data.security_updates) == 0
    error_message = "the caller's choice must win"
  }
}

run "static_address" {
  command = plan

  variables {
    ip_address = "192.168.10.2/24"
    gateway    = "192.168.10.1"
  }

  assert {
    condition     = output.ip_address == "192.168.10.2"
    error_message = "the address must come without its prefix length"
  }

  assert {
    condition     = "${output.hostname}:${output.container_id}" == "dns:210"
    error_message = "host name and id must be those of the container"
  }
}
