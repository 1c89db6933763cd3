terraform {
  required_providers {
    proxmox = {
      source  = "telmate/proxmox"
      version = "3.0.1-rc4"
    }
    bpg = {
      source  = "bpg/proxmox"
      version = "0.38.1"
    }
  }
}

resource "proxmox_vm_qemu" "vm" {
  name        = "x"
  target_node = "pve"
  cpu         = "host"
}

resource "proxmox_virtual_environment_vm" "vm" {
  provider  = bpg
  node_name = "pve"

  initialization {
    dns {
      server = "192.0.2.1"
    }
  }
}
