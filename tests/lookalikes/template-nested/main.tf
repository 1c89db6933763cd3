locals {
  a = "${local.b}"
  b = "x%{if true}y%{else}z%{endif}"
  c = "%{for k, v in { a = 1 } }${k}=${v}%{if v == 1},%{endif}%{endfor}"
  d = [for a in [1] : [for b in [a] : a + b]]
  e = { for k in ["x"] : "${k}" => { k = k } }
}
