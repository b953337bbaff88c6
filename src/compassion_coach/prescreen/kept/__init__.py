"""What stays on disk: a journal of what was read, whose it is, what was sent where, which answers are awaited."""
