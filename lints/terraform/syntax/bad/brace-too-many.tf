locals {
  name = "web"
}
}
