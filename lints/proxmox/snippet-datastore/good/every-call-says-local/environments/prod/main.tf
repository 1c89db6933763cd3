module "guest" {
  source       = "../../modules/guest"
  datastore_id = "local"
}
