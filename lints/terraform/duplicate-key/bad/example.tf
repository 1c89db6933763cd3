locals {
  tags = {
    role = "web"
    role = "db"
  }
}
