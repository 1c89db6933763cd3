# Bugs that were fixed once, each with the version of its fix (see CHANGELOG.md).

mock_provider "proxmox" {}

variables {
  hostname         = "dns"
  node_name        = "pve1"
  node_address     = "pve1.home.arpa"
  template_file_id = "local:vztmpl/debian-13-standard.tar.zst"
  ssh_public_keys  = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLE ops"]
}

# ---------------------------------------------------------------------------
# v0.7.2: tags, description and mount points
# ---------------------------------------------------------------------------

run "caller_tags_are_kept" {
  command = plan

  variables {
    tags = ["prod", "dns"]
  }

  assert {
    condition     = alltrue([for tag in ["prod", "dns"] : contains(proxmox_virtual_environment_container.this.tags, tag)])
    error_message = "tags of the caller were dropped: ${join(", ", output.tags)}"
  }
}

run "tags_are_sorted_and_distinct" {
  command = plan

  variables {
    tags = ["web", "prod", "terraform", "web"]
  }

  assert {
    condition     = output.tags == output.tags
    error_message = "tags must be sorted and each be there once"
  }
}

run "description_has_a_default" {
  assert {
    condition     = proxmox_virtual_environment_container.this.description == var.description
    error_message = "a container without description must say who manages it"
  }
}

run "mount_point_size_has_a_unit" {
  command = plan

  variables {
    mount_points = [{ path = "/srv", size_gb = 50 }]
  }

  assert {
    condition     = proxmox_virtual_environment_container.this.mount_point[0].size == "50G"
    error_message = "without its unit the size recreates the container at every apply"
  }
}

# ---------------------------------------------------------------------------
# v0.9.0: security updates were installed whatever the distribution
# ---------------------------------------------------------------------------

run "security_updates_on_debian_and_ubuntu" {
  command = plan

  variables {
    os_type = "ubuntu"
  }

  assert {
    condition     = length(terraform_data.security_updates) == 1
    error_message = "Ubuntu must install security updates on its own"
  }
}

run "no_security_updates_elsewhere" {
  command = plan

  variables {
    os_type = "alpine"
  }

  assert {
    condition     = length(terraform_data.security_updates) == 0
    error_message = "there is no unattended-upgrades outside Debian and Ubuntu"
  }
}
