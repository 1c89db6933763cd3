image_url = "https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img"

k3s_nodes = {
  k3s-1 = { vm_id = 301, ip_address = "192.168.10.31/24", cores = 4 }
  k3s-2 = { vm_id = 302, ip_address = "192.168.10.32/24", data_gb = 50 }
  k3s-3 = { vm_id = 303, ip_address = "192.168.10.33/24", data_gb = 50 }
}
