"""The reader that asks a model: what is sent to it, and what is made of its answer."""
