# One wrong value per run, so that a failure says which rule is gone.

mock_provider "proxmox" {}

variables {
  hostname         = "dns"
  node_name        = "pve1"
  node_address     = "pve1.home.arpa"
  template_file_id = "local:vztmpl/debian-13-standard.tar.zst"
  ssh_public_keys  = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLE ops"]
}

run "hostname_is_a_dns_label" {
  command = plan

  variables {
    hostname = "-dns"
  }

  expect_failures = [var.hostname]
}

run "tag_with_a_space" {
  command = plan

  variables {
    tags = ["name server"]
  }

  expect_failures = [var.tags]
}

run "unknown_distribution" {
  command = plan

  variables {
    os_type = "windows"
  }

  expect_failures = [var.os_type]
}

run "too_little_memory" {
  command = plan

  variables {
    memory_mb = 32
  }

  expect_failures = [var.memory_mb]
}

run "relative_mount_path" {
  command = plan

  variables {
    mount_points = [{ path = "srv", size_gb = 1 }]
  }

  expect_failures = [var.mount_points]
}

run "address_without_prefix_length" {
  command = plan

  variables {
    ip_address = "192.168.10.2"
  }

  expect_failures = [var.ip_address]
}
