preset = "homelap"
