variable "path" {
  type = string
}

data "http" "checksums" {
  url = "https://mirror.example.org/${var.path}"
}
