alerts {
  domains {
    hosts = ["node_*"]
  }
}
