terraform {
  required_version = "~> 1.10"

  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "~> 0.94"
    }
  }

  # The rest is in ../shared/backend.hcl.
  backend "s3" {
    key = "lab/terraform.tfstate"
  }
}
