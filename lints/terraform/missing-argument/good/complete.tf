terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "0.111.1"
    }
    tls = {
      source  = "hashicorp/tls"
      version = "4.2.1"
    }
  }
}

provider "proxmox" {
}

variable "algorithm" {
  type    = string
  default = null
}

resource "tls_private_key" "host" {
  algorithm = var.algorithm
}

resource "tls_locally_signed_cert" "server" {
  cert_request_pem      = "x"
  ca_private_key_pem    = "x"
  ca_cert_pem           = "x"
  validity_period_hours = 12
  allowed_uses          = []
}

resource "proxmox_virtual_environment_container" "web" {
  node_name = "pve"

  dynamic "mount_point" {
    for_each = ["/data"]
    content {
      volume = "local-lvm"
      path   = mount_point.value
    }
  }
}
