"""Many people at once, without Discord: workers, jobs, limits, stored answers."""
