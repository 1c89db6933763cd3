resource "proxmox_virtual_environment_vm" "web" {
  tags = distinct(["web", "web"])
}

resource "proxmox_virtual_environment_container" "web" {
  tags = toset(["web", "web"])
}

resource "proxmox_virtual_environment_container" "db" {
  tags = sort(distinct(concat(["db"], ["db"])))
}
