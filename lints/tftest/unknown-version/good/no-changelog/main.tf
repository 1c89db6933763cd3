resource "terraform_data" "this" {
  input = "50G"
}
