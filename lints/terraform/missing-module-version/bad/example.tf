module "vm" {
  source = "example/vm/proxmox"
}
