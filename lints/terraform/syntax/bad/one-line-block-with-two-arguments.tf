variable "name" { type = string, default = "web" }

variable "size" { type = number default = 50 }
