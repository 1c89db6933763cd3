module "vm" {
  source  = "example/vm/proxmox"
  version = "= 1.2.3"
}
