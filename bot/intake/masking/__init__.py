"""What is secret in a text: views of it as it is shown, and one table of rules that are applied to them."""
