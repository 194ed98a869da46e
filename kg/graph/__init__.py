"""Facts → RDF, and the ways to check, load and ask it."""
