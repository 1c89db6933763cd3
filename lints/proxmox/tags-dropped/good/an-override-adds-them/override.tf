resource "proxmox_virtual_environment_container" "this" {
  tags = sort(distinct(concat(["terraform"], var.tags)))
}
