lint {
  inputs = { "sprag/unused-suppression" = { tflint = true } }
}
