lint {
  inputs = {
    "proxmox/snippet-datastore" = { datastore = 5 }
    "invariant/sized" = {
      least  = "5"
      units  = ["G", 1, true]
      limits = { disks = "4", note = "Terraform drops what the type lacks" }
      strict = "true"
      any    = { a = [1, "x"] }
      free   = 1
    }
  }
}
