a = "b"
