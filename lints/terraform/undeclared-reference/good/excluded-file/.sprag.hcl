lint {
  exclude = ["secrets.tf"]
}
