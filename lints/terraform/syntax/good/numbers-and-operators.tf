locals {
  numbers = [0, 1.5, 1e3, 1.5E-3, 007, 12345678901234567890123, 1.79e309]
  signs   = [-1, - 1, --1, !true, !!true, -var.size]
  math    = 1 + 2 * 3 / 4 % 5 - -6
  logic   = !var.a && var.b || var.c == var.d && var.e != var.f
  order   = var.a > 1 && var.a >= 1 && var.a < 9 && var.a <= 9
  nested  = var.a ? var.b ? 1 : 2 : 3
}
