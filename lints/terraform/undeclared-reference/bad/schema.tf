terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "~> 0.111.0"
    }
    tls = {
      source  = "hashicorp/tls"
      version = ">= 4.0"
    }
  }
}

resource "proxmox_virtual_environment_vm" "web" {
  node_name = "pve"

  disk {
    interface = "scsi0"
  }
}

resource "tls_private_key" "key" {
  algorithm = "ED25519"
}

output "addresses" {
  value = {
    none  = proxmox_virtual_environment_vm.web.ip_address
    typo  = proxmox_virtual_environment_vm.web.ipv4_adresses
    block = proxmox_virtual_environment_vm.web.disk.interface
    deep  = proxmox_virtual_environment_vm.web.disk[0].interfac
    all   = proxmox_virtual_environment_vm.web.disk[*].intreface
    agent = proxmox_virtual_environment_vm.web.agent[0].enabld
    other = tls_private_key.key.public_key_opensh
  }
}
