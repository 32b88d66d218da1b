"""Scores the program on labelled cases."""
