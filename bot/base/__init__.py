"""Languages, errors and sizes: what every floor may use, and what uses nothing of ours."""
