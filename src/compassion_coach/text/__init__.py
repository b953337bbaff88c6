"""What is done with a text before anything in it is understood: folded, cut into sentences and thoughts, shown."""
