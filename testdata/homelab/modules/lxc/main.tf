locals {
  tags = distinct(sort(concat(["terraform"], var.tags)))

  # unattended-upgrades exists for apt only: on Alpine its installation failed the whole apply.
  security_updates = var.security_updates && contains(["debian", "ubuntu"], var.os_type)

  # A shell script with an apt configuration inside; the braces are apt's, not Terraform's.
  security_updates_script = <<-EOT
    set -eu
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update
    apt-get -qy install unattended-upgrades
    cat > /etc/apt/apt.conf.d/52homelab <<'CONF'
    APT::Periodic {
      Update-Package-Lists "1";
      Unattended-Upgrade "1";
    }
    Unattended-Upgrade::Origins-Pattern {
      "origin=$${distro_id},codename=$${distro_codename},label=$${distro_id}-Security";
    }
    CONF
  EOT
}

resource "proxmox_virtual_environment_container" "this" {
  vm_id         = var.vm_id
  node_name     = var.node_name
  description   = var.description
  tags          = local.tags
  unprivileged  = true
  start_on_boot = true

  operating_system {
    template_file_id = var.template_file_id
    type             = var.os_type
  }

  cpu {
    cores = var.cores
  }

  memory {
    dedicated = var.memory_mb
    swap      = var.memory_mb
  }

  disk {
    datastore_id = var.datastore_id
    size         = var.disk_gb
  }

  # `size` is text with a unit: a bare number is read back as "50G" and recreates the container.
  dynamic "mount_point" {
    for_each = var.mount_points

    content {
      path   = mount_point.value.path
      volume = coalesce(mount_point.value.datastore_id, var.datastore_id)
      size   = "${mount_point.value.size_gb}G"
      backup = mount_point.value.backup
    }
  }

  network_interface {
    name   = "eth0"
    bridge = var.bridge
  }

  initialization {
    hostname = var.hostname

    ip_config {
      ipv4 {
        address = var.ip_address
        gateway = var.gateway
      }
    }

    user_account {
      keys = var.ssh_public_keys
    }
  }

  features {
    nesting = true
  }
}

resource "terraform_data" "security_updates" {
  count = local.security_updates ? 1 : 0

  triggers_replace = {
    container = proxmox_virtual_environment_container.this.id
    script    = sha256(local.security_updates_script)
  }

  # The script travels over stdin: no quoting through two shells.
  provisioner "local-exec" {
    command = "printf '%s' \"$SCRIPT\" | ssh -o BatchMode=yes root@${var.node_address} pct exec ${proxmox_virtual_environment_container.this.vm_id} -- sh -s"

    environment = {
      SCRIPT = local.security_updates_script
    }
  }
}
