#!/bin/sh
ln -sfn /srv/textfile /var/lib/node_exporter
