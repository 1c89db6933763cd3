#!/bin/sh
TEXTFILE_DIR="${TEXTFILE_DIR:-/srv/textfiles}"
mv "$1" "$TEXTFILE_DIR/other.prom"
