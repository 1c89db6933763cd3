resource terraform_data "web" {}

resource "terraform_data" db {}

resource "terraform_data" "with \"quotes\"" {}
