"""Clean lines and knowledge to findings that explain themselves."""
