// v0.7.2
run "line_comment" {
  command = plan
}

/* v0.7.2 */
run "block_comment" {
  command = plan
}

/*
  v0.7.2
  The size of a mount point had no unit.
*/
run "block_comment_of_several_lines" {
  command = plan
}
