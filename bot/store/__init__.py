"""Settings, open requests, feedback and unknown errors in a database."""
