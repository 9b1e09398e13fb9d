"""What longtail is compared with: plain PyTorch and NumPy, written as one would without this project."""
