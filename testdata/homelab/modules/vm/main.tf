locals {
  tags = distinct(sort(concat(["terraform"], var.tags)))

  # The boot disk is scsi0; further disks follow in the caller's order.
  additional_disks = [
    for index, disk in var.additional_disks : merge(disk, { interface = "scsi${index + 1}" })
  ]
}

resource "proxmox_virtual_environment_vm" "this" {
  name        = var.name
  vm_id       = var.vm_id
  node_name   = var.node_name
  description = var.description
  tags        = local.tags
  on_boot     = var.on_boot

  # One I/O thread per disk needs one controller per disk.
  scsi_hardware = "virtio-scsi-single"

  agent {
    enabled = true
    trim    = true
  }

  operating_system {
    type = "l26"
  }

  cpu {
    cores = var.cores
    type  = "x86-64-v2-AES"
  }

  memory {
    dedicated = var.memory_mb
    floating  = var.memory_mb
  }

  disk {
    interface    = "scsi0"
    datastore_id = var.datastore_id
    import_from  = var.image_file_id
    size         = var.boot_disk_gb
    iothread     = true
    discard      = "on"
    ssd          = true
  }

  dynamic "disk" {
    for_each = local.additional_disks

    content {
      interface    = disk.value.interface
      datastore_id = coalesce(disk.value.datastore_id, var.datastore_id)
      size         = disk.value.size_gb
      backup       = disk.value.backup
      iothread     = true
      discard      = "on"
      ssd          = true
    }
  }

  network_device {
    bridge  = var.bridge
    vlan_id = var.vlan_id
  }

  initialization {
    datastore_id = var.datastore_id

    ip_config {
      ipv4 {
        address = var.ip_address
        gateway = var.gateway
      }
    }

    # An empty list of servers is rejected, an absent block is not.
    dynamic "dns" {
      for_each = length(var.dns_servers) > 0 ? [var.dns_servers] : []

      content {
        servers = dns.value
      }
    }

    user_account {
      username = var.username
      keys     = var.ssh_public_keys
    }
  }

  # Cloud images write their boot log to the serial console.
  serial_device {}
}
