preset = "homelab"
