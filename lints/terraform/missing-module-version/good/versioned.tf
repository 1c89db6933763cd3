module "a" {
  source  = "example/vm/proxmox"
  version = "~> 1.0"
}
module "b" {
  source = "../b"
}
module "c" {
  source = "github.com/example/vm/proxmox"
}
