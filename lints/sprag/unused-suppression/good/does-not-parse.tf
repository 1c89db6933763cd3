# sprag: ignore-file[terraform/syntax, terraform/legacy-index] the rest of this file is not read
locals {
  a = 
}
