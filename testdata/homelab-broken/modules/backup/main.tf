locals {
  vmids = length(var.vmids) == 0 ? "null" : join(",", var.vmids)

  max_files = coalesce(var.retention.daily, 7)

  guests = local.vmids == "" ? "--all 1" : "--vmid ${local.vmids}"

  create_command = join(" ", [
    "pvesh create /cluster/backup",
    "--id ${var.job_id}",
    "--schedule '${var.schedule}'",
    "--storage ${var.storage}",
    "--mode ${var.mode}",
    "--compress zstd",
    "--maxfiles ${local.max_files}",
    "--notes-template '${var.notes_template}'",
    "--enabled ${var.enabled ? 1 : 0}",
    local.guests,
  ])

  delete_command = "pvesh delete /cluster/backup/${var.job_id}"
}

# By command, because the module is older than the provider's resource for backup jobs.
resource "terraform_data" "job" {
  input = {
    node_address   = var.node_address
    delete_command = local.delete_command
  }

  triggers_replace = {
    create_command = local.create_command
    vmids          = local.vmids
  }

  # Commands travel over stdin: no quoting through two shells.
  provisioner "local-exec" {
    command = "printf '%s\\n' \"$COMMAND\" | ssh -o BatchMode=yes root@${self.input.node_address} sh -s"

    environment = {
      COMMAND = self.triggers_replace.create_command
    }
  }

  provisioner "local-exec" {
    when    = destroy
    command = "printf '%s\\n' \"$COMMAND\" | ssh -o BatchMode=yes root@${self.input.node_address} sh -s"

    environment = {
      COMMAND = self.input.delete_command
    }
  }
}
