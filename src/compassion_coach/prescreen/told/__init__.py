"""The report that is told: pages, pictures, tables, and comments in a letter's own file."""
