"""The words of a file, a module for each format that letters come in."""
