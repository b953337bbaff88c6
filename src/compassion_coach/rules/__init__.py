"""Rules as data, which words each of them needs, and what words weigh."""
