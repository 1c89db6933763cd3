proxmox_endpoint = "https://pve1.home.arpa:8006"
node_name        = "pve1"
node_address     = "pve1.home.arpa"
gateway          = "192.168.10.1"
ssh_public_keys  = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLE ops"]
