print("longtail")
