locals {
  endpoint_url = "http://192.168.10.5:9000"
}
