locals {
  url = "https://example.org" # a comment
  a   = /* short */ 1
}
