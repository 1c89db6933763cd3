resorce "terraform_data" "web" {
  cuont = not_a_function(nothing.there)
}
