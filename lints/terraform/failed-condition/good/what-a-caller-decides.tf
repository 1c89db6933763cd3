variable "name" {
  type = string
}

variable "enabled" {
  type    = bool
  default = false
}

resource "terraform_data" "api" {
  input = var.name

  lifecycle {
    precondition {
      condition     = var.name != ""
      error_message = "No name."
    }

    postcondition {
      condition     = self.id != ""
      error_message = "No id."
    }
  }
}

resource "terraform_data" "never" {
  count = 0

  lifecycle {
    precondition {
      condition     = 1 > 2
      error_message = "Never looked at."
    }
  }
}

resource "terraform_data" "sometimes" {
  count = var.enabled ? 1 : 0

  lifecycle {
    precondition {
      condition     = !var.enabled
      error_message = "Only where it exists."
    }
  }
}

check "reachable" {
  data "http" "api" {
    url = "https://${var.name}"
  }

  assert {
    condition     = data.http.api.status_code == 200
    error_message = "Not reachable."
  }
}

variable "person" {
  type = string
}

output "person" {
  value = var.person

  precondition {
    condition     = can(regex("^\\p{Lu}\\p{L}+\\x{20}?[\\p{L}]*$", var.person)) && !can(regex("a?+", var.person))
    error_message = "Letters only."
  }
}
