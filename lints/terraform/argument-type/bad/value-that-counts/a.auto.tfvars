cores = "five"
