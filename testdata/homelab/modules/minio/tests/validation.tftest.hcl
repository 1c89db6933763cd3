# Ports and sizes: right ones show in the outputs, wrong ones are refused, one per run.

mock_provider "proxmox" {}
mock_provider "random" {}

variables {
  node_name         = "pve1"
  node_address      = "pve1.home.arpa"
  template_file_id  = "local:vztmpl/debian-13-standard.tar.zst"
  data_datastore_id = "tank"
  data_disk_gb      = 50
  ip_address        = "192.168.10.5/24"
  gateway           = "192.168.10.1"
  ssh_public_keys   = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLE ops"]
}

run "ports_of_the_caller" {
  command = plan

  variables {
    api_port     = 8000
    console_port = 8001
  }

  assert {
    condition     = "${output.endpoint_url} ${output.console_url}" == "http://192.168.10.5:8000 http://192.168.10.5:8001"
    error_message = "both URLs must carry the caller's ports"
  }
}

run "no_console_url_without_console" {
  command = plan

  variables {
    browser = false
  }

  assert {
    condition     = output.console_url == null
    error_message = "there must be no URL for a console that is off"
  }
}

run "privileged_port" {
  command = plan

  variables {
    api_port = 443
  }

  expect_failures = [var.api_port]
}

run "one_port_for_both" {
  command = plan

  variables {
    console_port = 9000
  }

  expect_failures = [var.console_port]
}

run "tag_in_upper_case" {
  command = plan

  variables {
    tags = ["S3"]
  }

  expect_failures = [var.tags]
}

run "too_small" {
  command = plan

  variables {
    data_disk_gb = 5
  }

  expect_failures = [var.data_disk_gb]
}

run "dhcp_is_not_enough" {
  command = plan

  variables {
    ip_address = "dhcp"
  }

  expect_failures = [var.ip_address]
}
