# everything as it comes
