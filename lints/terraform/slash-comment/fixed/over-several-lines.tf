# The size
#   in gigabytes.
locals {
  size = 10 #more than enough
  #
  # * not a comment of a line
  #
  keep = "http://x" /* one line */
}
