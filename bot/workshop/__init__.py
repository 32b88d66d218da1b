"""For those who write the knowledge: the checker, search, the reference page, drafts, scores."""
