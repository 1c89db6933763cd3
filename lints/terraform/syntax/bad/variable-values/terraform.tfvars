tags = ["prod", "web"
