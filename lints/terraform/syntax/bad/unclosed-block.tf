resource "terraform_data" "web" {
  input = "web"

output "id" {
  value = terraform_data.web.id
}
