"""Where letters are: in folders, archives, messages and tables."""
