locals {
  # "" for an empty list, never "[]" or "null": pvesh takes the text as it is.
  vmids = join(",", var.vmids)

  # Written out rather than looped, because Proxmox' own order reads best: last, daily, weekly, monthly.
  prune_backups = join(",", compact([
    var.retention.last == null ? "" : "keep-last=${var.retention.last}",
    var.retention.daily == null ? "" : "keep-daily=${var.retention.daily}",
    var.retention.weekly == null ? "" : "keep-weekly=${var.retention.weekly}",
    var.retention.monthly == null ? "" : "keep-monthly=${var.retention.monthly}",
  ]))

  guests = local.vmids == "" ? "--all 1" : "--vmid ${local.vmids}"

  create_command = var.enabled ? join(" ", [
    "pvesh create /cluster/backup",
    "--id ${var.job_id}",
    "--schedule '${var.schedule}'",
    "--storage ${var.storage}",
    "--mode ${var.mode}",
    "--compress zstd",
    "--prune-backups ${local.prune_backups}",
    "--notes-template '${var.notes_template}'",
    local.guests,
  ]) : "echo 'backup job ${var.job_id} is disabled'"

  delete_command = var.enabled ? "pvesh delete /cluster/backup/${var.job_id}" : "true"
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
    prune_backups  = local.prune_backups
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
