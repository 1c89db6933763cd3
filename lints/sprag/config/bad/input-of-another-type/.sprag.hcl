lint {
  inputs = {
    "proxmox/snippet-datastore" = { datastore = ["local", "nfs"] }
    "invariant/sized" = {
      least  = "five"
      units  = ["G", { name = "T" }]
      limits = { disks = 4, spare = "no" }
      strict = 1
    }
  }
}
