action "example_reload" "web" {
  config {
    unit = "web.service"
  }
}

list "example_guest" "all" {
  provider = example
}

removed {
  from = terraform_data.web

  lifecycle {
    destroy = false
  }
}

import {
  to = terraform_data.db
  id = "db"
}

ephemeral "example_secret" "token" {}
