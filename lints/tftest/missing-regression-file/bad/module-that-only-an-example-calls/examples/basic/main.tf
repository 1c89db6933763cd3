module "vm" {
  source  = "../.."
  disk_gb = 50
}
