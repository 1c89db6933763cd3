drift {
  environment "prod" {
    directory = "environments/prod"
    interval  = "0s"
    timeout   = "5 min"
  }
  history { keep = "7d" }
}
