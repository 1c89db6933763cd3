resource "random_password" "database" {
  length = 24
}

resource "aws_db_instance" "main" {
  password = random_password.database.result
}

resource "aws_secretsmanager_secret_version" "database" {
  secret_id     = "database"
  secret_string = random_password.database.result
}

resource "local_sensitive_file" "database" {
  filename = "database.txt"
  content  = random_password.database.result
}
