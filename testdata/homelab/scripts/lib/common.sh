# Sourced by the scripts of this directory; not to be run.
# shellcheck shell=bash

TEXTFILE_DIRECTORY="${TEXTFILE_DIRECTORY:-/var/lib/prometheus/node-exporter}"
PROXMOX_NODE="${PROXMOX_NODE:-pve1.home.arpa}"

log() {
  printf '%s\n' "$*" >&2
}

# ssh_exec HOST COMMAND...: run a command on a host; only a failed connection (255) is tried again.
ssh_exec() {
  local host="$1"
  shift
  sprag retry --on-exit 255 -- ssh -o BatchMode=yes -o ConnectTimeout=5 "root@${host}" "$@"
}

# check_ssh_access HOST: succeed when the host lets us in.
check_ssh_access() {
  ssh_exec "$1" true
}

# metric_type NAME HELP: start a gauge.
metric_type() {
  printf '# HELP %s %s\n# TYPE %s gauge\n' "$1" "$2" "$1"
}

# write_metrics NAME COMMAND...: what the command prints becomes NAME.prom. node-exporter
# sees the file either in its old or in its new form, and a command that fails leaves the old.
write_metrics() {
  local name="$1"
  shift
  temporary="$(mktemp "${TEXTFILE_DIRECTORY}/.${name}.XXXXXX")"
  trap 'rm -f "$temporary"' EXIT
  "$@" >"$temporary"
  chmod 0644 "$temporary"
  mv "$temporary" "${TEXTFILE_DIRECTORY}/${name}.prom"
}
