resource "random_pet" "server" {
  prefix = join("-", ["ops", "web"])
}
