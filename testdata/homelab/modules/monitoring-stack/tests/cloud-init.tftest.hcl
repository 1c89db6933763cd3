# What cloud-init installs, and the values the module refuses.

mock_provider "proxmox" {}
mock_provider "tls" {}

variables {
  vm_id          = 104
  node_name      = "pve1"
  image_file_id  = "local:import/debian-13.qcow2"
  ip_address     = "192.168.10.4/24"
  gateway        = "192.168.10.1"
  repository_url = "https://git.home.arpa/ops/homelab.git"
}

run "packages_of_the_stack" {
  command = plan

  assert {
    condition = alltrue([
      for package in ["prometheus", "prometheus-alertmanager", "prometheus-node-exporter"] :
      contains(yamldecode(proxmox_virtual_environment_file.vendor_data.source_raw[0].data).packages, package)
    ])
    error_message = "cloud-init must install Prometheus, Alertmanager and node-exporter"
  }

  assert {
    condition     = startswith(proxmox_virtual_environment_file.vendor_data.source_raw[0].data, "#cloud-config\n")
    error_message = "without its first line cloud-init takes the snippet for a script"
  }
}

run "pve_exporter_in_the_version_asked_for" {
  command = plan

  variables {
    pve_exporter_version = "3.5.5"
  }

  assert {
    condition     = strcontains(proxmox_virtual_environment_file.vendor_data.source_raw[0].data, "pip install prometheus-pve-exporter==3.5.5\n")
    error_message = "the exporter must be pinned to the caller's version"
  }
}

run "no_pve_exporter" {
  command = plan

  variables {
    pve_exporter_version = null
  }

  assert {
    condition     = !strcontains(proxmox_virtual_environment_file.vendor_data.source_raw[0].data, "pve-exporter")
    error_message = "without a version the exporter must not be installed"
  }
}

run "outputs" {
  command = plan

  assert {
    condition     = output.vm_id == 104
    error_message = "vm_id must be the id in the cluster"
  }

  assert {
    condition     = output.prometheus_url == "http://192.168.10.4:9090"
    error_message = "the URL of Prometheus must be built from the address"
  }

  assert {
    condition     = output.alertmanager_url == "http://192.168.10.4:9093"
    error_message = "the URL of Alertmanager must be built from the address"
  }
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

run "repository_over_plain_http" {
  command = plan

  variables {
    repository_url = "http://git.home.arpa/ops/homelab.git"
  }

  expect_failures = [var.repository_url]
}
