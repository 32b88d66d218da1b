"""What the bot remembers: settings, followed requests, answers, feedback, unknown errors."""
