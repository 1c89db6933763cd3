output "name" {
  value = "nightly"
}
