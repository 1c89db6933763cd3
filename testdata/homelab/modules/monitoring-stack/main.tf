locals {
  tags = distinct(sort(concat(["monitoring", "terraform"], var.tags)))

  vendor_data = templatefile("${path.module}/templates/vendor-data.yaml.tftpl", {
    repository_url       = var.repository_url
    pve_exporter_version = var.pve_exporter_version
    packages = [
      "curl",
      "git",
      "jq",
      "prometheus",
      "prometheus-alertmanager",
      "prometheus-node-exporter",
      "python3-venv",
      "qemu-guest-agent",
    ]
  })
}

# The scripts log in to the nodes with this key.
resource "tls_private_key" "ssh" {
  algorithm = "ED25519"
}

# Packages and files go into vendor data, which leaves users, keys and network to Proxmox.
resource "proxmox_virtual_environment_file" "vendor_data" {
  node_name    = var.node_name
  content_type = "snippets"

  # Thin-pool datastores hold no files; of a fresh node only "local" takes snippets.
  datastore_id = "local"

  source_raw {
    file_name = "${var.name}-vendor-data.yaml"
    data      = local.vendor_data
  }
}

resource "proxmox_virtual_environment_vm" "this" {
  name        = var.name
  vm_id       = var.vm_id
  node_name   = var.node_name
  description = var.description
  tags        = local.tags
  on_boot     = true

  # One I/O thread per disk needs one controller per disk.
  scsi_hardware = "virtio-scsi-single"

  agent {
    enabled = true
  }

  operating_system {
    type = "l26"
  }

  cpu {
    cores = 2
    type  = "x86-64-v2-AES"
  }

  memory {
    dedicated = 4096
  }

  disk {
    interface    = "scsi0"
    datastore_id = var.datastore_id
    import_from  = var.image_file_id
    size         = 20
    iothread     = true
    discard      = "on"
  }

  disk {
    interface    = "scsi1"
    datastore_id = var.datastore_id
    size         = var.data_disk_gb
    iothread     = true
    discard      = "on"
  }

  network_device {
    bridge = var.bridge
  }

  initialization {
    datastore_id        = var.datastore_id
    vendor_data_file_id = proxmox_virtual_environment_file.vendor_data.id

    ip_config {
      ipv4 {
        address = var.ip_address
        gateway = var.gateway
      }
    }

    user_account {
      username = "ops"
      keys     = concat([trimspace(tls_private_key.ssh.public_key_openssh)], var.ssh_public_keys)
    }
  }

  serial_device {}
}
