variable "name" { type = string
}
