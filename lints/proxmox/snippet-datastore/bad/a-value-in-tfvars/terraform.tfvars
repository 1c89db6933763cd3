datastore_id = "local-zfs"
