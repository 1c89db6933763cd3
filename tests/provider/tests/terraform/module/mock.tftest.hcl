mock_provider "proxmox" {}
mock_provider "random" {}
mock_provider "tls" {}

run "plan" {
  command = plan
  assert {
    condition     = length(proxmox_virtual_environment_container.web.tags) == 2
    error_message = "tags"
  }
}

run "apply" {}
