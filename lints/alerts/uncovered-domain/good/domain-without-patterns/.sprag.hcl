alerts {
  domains = { proxmox = [] }
}
