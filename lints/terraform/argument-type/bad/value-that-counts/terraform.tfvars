cores  = 5
memory = 2048
