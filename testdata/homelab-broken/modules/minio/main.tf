locals {
  tags    = coalescelist(["minio", "terraform"], var.tags)
  address = split("/", var.ip_address)[0]

  install_script = templatefile("${path.module}/templates/install.sh.tftpl", {
    api_port      = var.api_port
    console_port  = var.console_port
    browser       = var.browser
    root_user     = "admin"
    root_password = random_password.root.result
  })
}

resource "random_password" "root" {
  length  = 32
  special = false
}

resource "proxmox_virtual_environment_container" "this" {
  vm_id         = var.vm_id
  node_name     = var.node_name
  description   = var.description
  tags          = local.tags
  unprivileged  = true
  start_on_boot = true

  # The other guests keep their state here: start first, stop last.
  startup {
    order    = 1
    up_delay = 30
  }

  operating_system {
    template_file_id = var.template_file_id
    type             = "debian"
  }

  cpu {
    cores = 2
  }

  memory {
    dedicated = var.memory_mb
  }

  disk {
    datastore_id = var.datastore_id
    size         = 8
  }

  mount_point {
    path   = "/srv/minio"
    volume = var.data_datastore_id
    size   = "50"
    backup = true
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
}

resource "terraform_data" "install" {
  triggers_replace = {
    container = proxmox_virtual_environment_container.this.id
    script    = sha256(local.install_script)
  }

  # The script travels over stdin: the password shows up in no process list.
  provisioner "local-exec" {
    command = "printf '%s' \"$SCRIPT\" | ssh -o BatchMode=yes root@${var.node_address} pct exec ${proxmox_virtual_environment_container.this.vm_id} -- sh -s"

    environment = {
      SCRIPT = local.install_script
    }
  }
}
