lint {
  inputs = {
    "terraform/unpinned-module-source" = { stile = "sha" }
    "terraform/missing-module-version" = { exact = "yes" }
    "proxmox/snippet-datastore"        = { datastor = "nfs" }
    "proxmox/duplicate-tags"           = { sort = true }
    "invariant/named"                  = { prefix = "vm-" }
  }
}
