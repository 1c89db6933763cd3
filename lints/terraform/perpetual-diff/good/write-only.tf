resource "aws_db_instance" "main" {
  instance_class      = "db.t3.micro"
  password_wo         = uuid()
  password_wo_version = 3
}

resource "proxmox_virtual_environment_metrics_server" "influx" {
  name            = "influx"
  server          = "192.0.2.10"
  port            = 8089
  type            = "influxdb"
  influx_token_wo = bcrypt("token")
}
