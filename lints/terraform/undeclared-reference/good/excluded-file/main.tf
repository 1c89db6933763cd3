output "token" {
  value = local.token
}
