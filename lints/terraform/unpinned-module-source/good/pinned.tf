module "a" {
  source = "git::https://example.org/vm.git//modules/a?ref=v1.0.0"
}
module "b" {
  source = "./b"
}
module "c" {
  source = "example/vm/proxmox"
}
