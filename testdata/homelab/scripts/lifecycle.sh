#!/usr/bin/env bash
# What grows old: snapshots, certificates, packages. Writes homelab_lifecycle_*.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

HOSTS="${HOSTS:-pve1.home.arpa pve2.home.arpa}"
ENDPOINTS="${ENDPOINTS:-pve1.home.arpa:8006 pve2.home.arpa:8006 git.home.arpa:443}"
NOW="$(date +%s)"

snapshot_ages() {
  local guest guests
  guests="$(ssh_exec "$PROXMOX_NODE" pvesh get /cluster/resources --type vm --output-format json |
    jq --raw-output '.[] | "\(.node)/\(.id)"')"
  for guest in $guests; do
    ssh_exec "$PROXMOX_NODE" pvesh get "/nodes/${guest}/snapshot" --output-format json |
      jq --raw-output --arg vmid "${guest##*/}" --argjson now "$NOW" '
        .[] | select(.snaptime)
        | "homelab_lifecycle_snapshot_age_seconds{vmid=\"\($vmid)\",snapshot=\"\(.name)\"} \($now - .snaptime)"'
  done
}

certificate_expiries() {
  local endpoint end
  for endpoint in $ENDPOINTS; do
    if end="$(openssl s_client -connect "$endpoint" </dev/null 2>/dev/null | openssl x509 -noout -enddate)"; then
      printf 'homelab_lifecycle_certificate_expiry_timestamp_seconds{endpoint="%s"} %s\n' \
        "$endpoint" "$(date --date "${end#notAfter=}" +%s)"
    else
      log "no certificate from ${endpoint}"
    fi
  done
}

pending_updates() {
  local host count
  for host in $HOSTS; do
    if count="$(ssh_exec "$host" "apt-get --simulate dist-upgrade | grep -c '^Inst ' || true")"; then
      printf 'homelab_lifecycle_pending_updates{host="%s"} %d\n' "$host" "$count"
    fi
  done
}

metrics() {
  metric_type homelab_lifecycle_snapshot_age_seconds 'Age of a snapshot.'
  snapshot_ages
  metric_type homelab_lifecycle_certificate_expiry_timestamp_seconds \
    'When the certificate of an endpoint expires.'
  certificate_expiries
  metric_type homelab_lifecycle_pending_updates 'Packages of a host that wait to be upgraded.'
  pending_updates
  metric_type homelab_lifecycle_last_run_timestamp_seconds 'When the script last ran to its end.'
  printf 'homelab_lifecycle_last_run_timestamp_seconds %d\n' "$NOW"
}

write_metrics homelab_lifecycle metrics
