lint {
  enable = ["alerts/missing-for"]
}
