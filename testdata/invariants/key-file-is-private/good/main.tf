resource "local_sensitive_file" "key" {
  filename        = "${path.module}/login.pem"
  content         = "secret"
  file_permission = "0600"
}

resource "local_file" "page" {
  filename        = "${path.module}/index.html"
  content         = "hello"
  file_permission = "0644"
}
