variable "people" {
  type    = list(object({ name = string, tags = optional(map(string), {}) }))
  default = []
}
output "a" {
  value = var.people[*].name
}
output "b" {
  value = var.people.*.name[0]
}
output "c" {
  value = [for p in var.people : p.tags if can(p.tags.x)]
}
output "d" {
  value = { for i, p in var.people : p.name => i... }
}
