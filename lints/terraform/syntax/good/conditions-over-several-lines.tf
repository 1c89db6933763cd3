locals {
  size = (
    var.large
    ? 100
    : 50
  )

  names = { for name in var.names : name => name == "web" ?
    1 :
    2
  }

  sizes = { for name in var.names : name =>
    name != "" &&
    var.large
    ? 1
    : 2
  }
}
