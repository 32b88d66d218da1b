"""What is said to a user, in Chinese and English, with no chat or terminal in it."""
