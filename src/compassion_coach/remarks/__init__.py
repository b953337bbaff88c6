"""What is said of a line: which words of a model pass, and the vetted ones that stand in for the others."""
