"""What a program can print as an error, taken from its source, and what of it the knowledge does not answer yet."""
