resource "local_file" "key" {
  filename        = "${path.module}/login.pem"
  content         = "secret"
  file_permission = format("%04d", 644)
}
