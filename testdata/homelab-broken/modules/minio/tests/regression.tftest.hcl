# Bugs that were fixed once, each with the version of its fix (see CHANGELOG.md).

mock_provider "proxmox" {}
mock_provider "random" {}

variables {
  vm_id             = 205
  node_name         = "pve1"
  node_address      = "pve1.home.arpa"
  template_file_id  = "local:vztmpl/debian-13-standard.tar.zst"
  data_datastore_id = "tank"
  ip_address        = "192.168.10.5/24"
  gateway           = "192.168.10.1"
  ssh_public_keys   = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLE ops"]
}

# v0.7.2: "50" was read back as "50G", and every apply recreated the store and its state.
run "mount_point_size_has_a_unit" {
  command = apply

  assert {
    condition     = proxmox_virtual_environment_container.this.mount_point[0].size == "50G"
    error_message = "without its unit the size recreates the container at every apply"
  }
}

# v0.7.2: the module replaced the caller's tags by its own.
run "caller_tags_are_kept" {
  command = plan

  variables {
    tags = ["prod", "s3"]
  }

  assert {
    condition     = length(setintersection(proxmox_virtual_environment_container.this.tags, ["prod", "s3"])) == 2
    error_message = "tags of the caller were dropped"
  }
}

# v0.7.2: a tag that the module adds and the caller names was written twice.
run "tags_are_sorted_and_distinct" {
  command = plan

  variables {
    tags = ["prod", "minio"]
  }

  assert {
    condition     = join(",", proxmox_virtual_environment_container.this.tags) == "minio,prod,terraform"
    error_message = "tags must be sorted and each be there once"
  }
}

# v1.0.0: outputs had gone with a refactoring; the dashboards link to them.
run "outputs_that_others_rely_on" {
  command = plan

  assert {
    condition     = output.container_id == 205
    error_message = "container_id must be the id in the cluster"
  }

  assert {
    condition     = output.ip_address == "192.168.10.5"
    error_message = "ip_address must come without its prefix length"
  }

  assert {
    condition     = output.endpoint_url == "http://192.168.10.5:9000"
    error_message = "endpoint_url must be the S3 API"
  }
}
