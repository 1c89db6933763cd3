run {}

run {}
