store_size = 50
