variable "name" {} variable "size" {}
