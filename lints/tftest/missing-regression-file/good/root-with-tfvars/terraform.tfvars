disk_gb = 50
