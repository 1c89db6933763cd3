resource "terraform_data" "web" {
  input = "web"
  count = 1
  input = "db"
}
