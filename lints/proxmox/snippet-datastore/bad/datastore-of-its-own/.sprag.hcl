lint {
  inputs = { "proxmox/snippet-datastore" = { datastore = "nfs" } }
}
