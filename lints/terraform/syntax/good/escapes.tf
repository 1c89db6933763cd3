locals {
  shell     = "$${HOME} %%{ if } $HOME 100% $$ %%"
  quotes    = "\"web\" \\ \n \r \t"
  unicode   = "\u00e9 \U0001F600 é"
  pattern   = "^\\d+(\\.\\d+)?$"
  only_sign = "$"
  nested    = "${"${"web"}"}"
  braces    = "${ { a = 1 }["a"] }"
}
