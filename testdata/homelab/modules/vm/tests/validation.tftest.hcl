# One wrong value per run, so that a failure says which rule is gone.

mock_provider "proxmox" {}

variables {
  name            = "git"
  node_name       = "pve1"
  image_file_id   = "local:import/debian-13.qcow2"
  ssh_public_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLE ops"]
}

run "name_is_a_dns_label" {
  command = plan

  variables {
    name = "git_server"
  }

  expect_failures = [var.name]
}

run "reserved_id" {
  command = plan

  variables {
    vm_id = 99
  }

  expect_failures = [var.vm_id]
}

run "tag_in_upper_case" {
  command = plan

  variables {
    tags = ["prod", "Web"]
  }

  expect_failures = [var.tags]
}

run "no_cores" {
  command = plan

  variables {
    cores = 0
  }

  expect_failures = [var.cores]
}

run "too_little_memory" {
  command = plan

  variables {
    memory_mb = 128
  }

  expect_failures = [var.memory_mb]
}

run "more_disks_than_slots" {
  command = plan

  variables {
    additional_disks = [for index in range(31) : { size_gb = 1 }]
  }

  expect_failures = [var.additional_disks]
}

run "vlan_out_of_range" {
  command = plan

  variables {
    vlan_id = 4095
  }

  expect_failures = [var.vlan_id]
}

run "address_without_prefix_length" {
  command = plan

  variables {
    ip_address = "192.168.10.20"
    gateway    = "192.168.10.1"
  }

  expect_failures = [var.ip_address]
}

run "static_address_without_gateway" {
  command = plan

  variables {
    ip_address = "192.168.10.20/24"
  }

  expect_failures = [var.gateway]
}
