alerts {
  domains = { proxmox = ["pve_*"] }
}
