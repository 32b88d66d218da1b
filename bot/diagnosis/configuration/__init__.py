"""Configurations before the crash: settings files and command lines, read as such."""
