resource "terraform_data" "a" {
  input = resource.terraform_data.b.output
}
resource "terraform_data" "b" {
  input = 1
}
