resource "terraform_data" "stamp" {
  input = timestamp()
}
