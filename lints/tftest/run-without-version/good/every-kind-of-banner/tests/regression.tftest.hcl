# --- v0.4.0 ---

mock_provider "proxmox" {}

run "one_line" {
  command = plan
}

# ===
# v0.5.0
# ===

variables {
  size_gb = 50
}

run "equals_signs" {
  command = plan
}

##############
# v0.7.0
##############

override_resource {
  target = terraform_data.this
}

run "hashes" {
  command = plan
}

// ***** v0.7.2 *****

override_data {
  target = data.http.this
}

run "stars" {
  command = plan
}
