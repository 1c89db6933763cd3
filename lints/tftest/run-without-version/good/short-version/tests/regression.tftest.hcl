# fixed with v1.0: the outputs were gone
run "outputs" {
  command = plan
}
