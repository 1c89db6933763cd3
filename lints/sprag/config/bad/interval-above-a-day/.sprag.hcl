drift {
  environment "prod" {
    directory = "environments/prod"
    interval  = "2d"
  }
}
