resource_invariant "aws_security_group" "ssh-from-anywhere" {
  summary  = "SSH is open for known networks only"
  fixed_in = "v2.2.0"
  for_each = attrs.ingress
  filter   = each.value.from_port <= 22 && each.value.to_port >= 22

  enforce {
    condition     = !contains(each.value.cidr_blocks, "0.0.0.0/0")
    error_message = "SSH is open for everybody"
  }
}
