"""The reader that needs no network: trained weights, with rules beside them."""
