"""What a model is: its name, its shape, its file."""
