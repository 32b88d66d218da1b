"""Answers to questions of fit: what runs on a machine, what a model needs, which card, which loader."""
