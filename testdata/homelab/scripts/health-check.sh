#!/usr/bin/env bash
# Does everything answer that the household relies on? Writes homelab_health_*.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

answers() {
  curl --silent --fail --insecure --output /dev/null --max-time 5 "$1"
}

# One line per check: its name and a command that succeeds when all is well.
check_all() {
  check gateway ping -c 1 -W 2 192.168.10.1
  check dns getent ahostsv4 pve1.home.arpa
  check git answers https://git.home.arpa/
  check minio answers http://192.168.10.5:9000/minio/health/ready
  check proxmox check_ssh_access "$PROXMOX_NODE"
}

check() {
  local name="$1" success=1
  shift
  if ! "$@" >/dev/null; then
    log "check ${name} failed"
    success=0
  fi
  printf 'homelab_health_check_success{check="%s"} %d\n' "$name" "$success"
}

metrics() {
  metric_type homelab_health_check_success \
    'Whether the last try of a check succeeded (1) or not (0).'
  check_all
  metric_type homelab_health_last_run_timestamp_seconds \
    'When the checks last ran to their end.'
  printf 'homelab_health_last_run_timestamp_seconds %d\n' "$(date +%s)"
}

write_metrics homelab_health metrics
