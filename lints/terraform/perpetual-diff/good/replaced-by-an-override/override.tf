resource "terraform_data" "stamp" {
  input = "fixed"
}
