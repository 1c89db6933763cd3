run "text" {
  variables {
    text = <<-EOT
      %{ for x in ["a", "b"] ~}
      ${x} "quoted" }
      %{ endfor ~}
    EOT
  }

  assert {
    condition     = output.text == "a${"\n"}b\n$${HOME}"
    error_message = "is ${jsonencode({ text = output.text })}"
  }
}
