terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "~> 0.111.0"
    }
    tls = {
      source  = "hashicorp/tls"
      version = ">= 4.0"
    }
    aws = {
      source                = "hashicorp/aws"
      version               = ">= 5.0"
      configuration_aliases = [aws.west]
    }
  }
}

variable "disks" {
  type = map(object({ size = optional(number, 8), tags = list(string) }))
}

variable "enabled" {
  type    = bool
  default = true
}

locals {
  sizes   = { for name, disk in var.disks : name => disk.size }
  lines   = "%{for name, disk in var.disks}${name}: ${disk.size}\n%{endfor}"
  quoted  = { web = 1, (local.sizes.a) = 2, "b" = 3, null = 4 }
  region  = terraform.workspace
  applies = try(terraform.applying, false)
  root    = "${path.root}/${path.module}/${path.cwd}"
  all     = flatten([for name, disk in var.disks : [for tag in disk.tags : { name = name, tag = tag }]])
}

resource "proxmox_virtual_environment_vm" "web" {
  for_each  = var.disks
  provider  = proxmox
  node_name = each.key
  tags      = each.value.tags

  dynamic "disk" {
    for_each = each.value.tags
    iterator = item
    content {
      interface = "scsi${item.key}"
      size      = each.value.size
    }
  }

  dynamic "network_device" {
    for_each = [1, 2]
    content {
      bridge = "vmbr${network_device.value}"
    }
  }

  lifecycle {
    ignore_changes       = [disk, tags]
    replace_triggered_by = [terraform_data.trigger]

    postcondition {
      condition     = self.vm_id > 0
      error_message = "no id"
    }
  }

  connection {
    host = self.ipv4_addresses[0][0]
  }

  provisioner "local-exec" {
    when    = destroy
    command = "echo ${self.id} ${each.key}"
  }
}

resource "terraform_data" "trigger" {
  count = var.enabled ? 1 : 0
  input = count.index
}

resource "tls_private_key" "key" {
  algorithm = "ED25519"
}

resource "aws_instance" "west" {
  provider = aws.west
  anything = aws_instance.west_other.whatever_it_is
}

resource "aws_instance" "west_other" {
}

data "aws_ami" "all" {
  owner = "self"
}

check "health" {
  data "http" "page" {
    url = "https://example.com/${data.aws_ami.all.id}"
  }

  assert {
    condition     = data.http.page.status_code == 200
    error_message = "down"
  }
}

output "values" {
  value = {
    whole    = terraform_data.trigger
    one      = one(terraform_data.trigger[*].id)
    first    = terraform_data.trigger[0].output.anything.goes
    legacy   = terraform_data.trigger.0.id
    splat    = terraform_data.trigger.*.id
    computed = terraform_data.trigger[local.sizes.a].id
    keys     = [for vm in proxmox_virtual_environment_vm.web : vm.ipv4_addresses]
    single   = tls_private_key.key[*].public_key_openssh
    // Another release may have it.
    newer    = tls_private_key.key.post_quantum_key
    block    = proxmox_virtual_environment_vm.web["a"].disk[0].interface
    blocks   = proxmox_virtual_environment_vm.web["a"].disk[*].size
    attr     = proxmox_virtual_environment_vm.web["a"].network_device[0].bridge
    explicit = resource.terraform_data.trigger[0].id
  }
}
