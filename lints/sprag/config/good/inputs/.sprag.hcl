lint {
  inputs = {
    "terraform/unpinned-module-source" = { style = "sha", branches = ["trunk"] }
    "proxmox/snippet-datastore"        = { datastore = "nfs" }
    "invariant/named"                  = { prefix = "vm-" }
  }
}
