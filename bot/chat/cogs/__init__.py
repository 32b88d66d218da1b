"""Groups of commands and listeners. They take events; parsing, wording and deciding live next door."""
