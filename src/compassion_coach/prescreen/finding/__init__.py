"""Where letters are: in folders, archives, mailboxes and tables."""
