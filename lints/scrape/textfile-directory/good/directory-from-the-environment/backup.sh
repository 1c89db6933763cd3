#!/bin/sh
TEXTFILE_DIR="${TEXTFILE_DIR:-/var/lib/node_exporter}"
mv "$1" "$TEXTFILE_DIR/backup.prom"
