resource "tls_private_key" "ssh" {
  algorithm   = "ECDSA"
  ecdsa_curve = "P384"
}

resource "proxmox_virtual_environment_vm" "web" {
  initialization {
    user_account {
      keys = [trimspace(tls_private_key.ssh.public_key_openssh)]
    }
  }
}
