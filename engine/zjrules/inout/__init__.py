"""Files in and out. Everything above this layer is pure."""
