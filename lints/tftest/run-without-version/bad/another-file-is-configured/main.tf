output "size" {
  value = "50G"
}
