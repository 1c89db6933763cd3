drift {
  environment "prod" {
    directory = "environments/prod"
    schedule  = "0 6 * * *"
  }
}
