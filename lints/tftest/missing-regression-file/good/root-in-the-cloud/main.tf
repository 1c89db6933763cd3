terraform {
  cloud {
    organization = "home"
  }
}
