image_url      = "https://cloud.debian.org/images/cloud/trixie/latest/debian-13-genericcloud-amd64.qcow2"
repository_url = "https://git.home.arpa/ops/homelab.git"
