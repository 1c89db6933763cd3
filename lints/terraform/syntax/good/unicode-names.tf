locals {
  größe  = 50
  名前     = local.größe
  a-b_c1 = "web"
}
