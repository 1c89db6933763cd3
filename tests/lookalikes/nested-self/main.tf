resource "terraform_data" "x" {
  triggers_replace = [1]
  provisioner "remote-exec" {
    inline = ["echo ${self.triggers_replace[0]}"]
    connection {
      host = self.output
    }
  }
}
