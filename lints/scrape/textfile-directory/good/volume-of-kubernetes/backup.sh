#!/usr/bin/env bash
set -euo pipefail
printf 'backup_last_success_timestamp_seconds %d\n' "$(date +%s)" >/srv/textfile/backup.prom
