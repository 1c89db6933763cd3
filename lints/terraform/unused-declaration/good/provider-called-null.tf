provider "null" {
  alias = "other"
}
resource "null_resource" "a" {
  provider = null.other
}
