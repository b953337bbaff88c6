"""Ways to read many letters: in several processes, with a model, over Ray."""
