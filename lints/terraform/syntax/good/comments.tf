# a comment
// another
/* and a third,
   over several lines */
locals { # beside a brace
  name = /* before a value */ "web" // behind it

  tags = [
    "prod", # beside an element
    # alone
    "web",
  ]

  is_web = (var.name == "web" || # beside an operator
    # and between operands
  var.name == "www")
}
