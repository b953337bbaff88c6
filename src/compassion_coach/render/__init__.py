"""Ways to show a reflection. Each takes the letter and the reflection, and returns text or bytes."""
