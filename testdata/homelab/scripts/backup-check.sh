#!/usr/bin/env bash
# How old and how large is the newest backup of every guest? Writes homelab_backup_*.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

BACKUP_STORAGE="${BACKUP_STORAGE:-nas-backup}"

# The newest backup of each guest that still exists, as JSON.
newest_backups() {
  local guests
  guests="$(ssh_exec "$PROXMOX_NODE" pvesh get /cluster/resources --type vm --output-format json)"
  ssh_exec "$PROXMOX_NODE" pvesh get "/nodes/localhost/storage/${BACKUP_STORAGE}/content" \
    --content backup --output-format json |
    jq --argjson guests "$guests" '
      ($guests | map(.vmid)) as $existing
      | map(select(.vmid | IN($existing[])))
      | group_by(.vmid)
      | map(max_by(.ctime))'
}

# samples METRIC FIELD: one sample per guest, taken from a field of its newest backup.
samples() {
  jq --raw-output --arg metric "$1" --arg field "$2" --arg storage "$BACKUP_STORAGE" '
    .[] | "\($metric){vmid=\"\(.vmid)\",storage=\"\($storage)\"} \(.[$field])"' <<<"$backups"
}

metrics() {
  metric_type homelab_backup_last_success_timestamp_seconds \
    'When the newest backup of a guest was made.'
  samples homelab_backup_last_success_timestamp_seconds ctime
  metric_type homelab_backup_last_size_bytes 'Size of the newest backup of a guest.'
  samples homelab_backup_last_size_bytes size
}

backups="$(newest_backups)"
write_metrics homelab_backup metrics
