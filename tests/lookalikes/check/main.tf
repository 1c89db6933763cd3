check "c" {
  data "http" "x" {
    url = "https://x"
  }
  assert {
    condition     = data.http.x.status_code == 200 && terraform_data.t.id != ""
    error_message = "bad ${data.http.x.status_code}"
  }
}
resource "terraform_data" "t" {
}
