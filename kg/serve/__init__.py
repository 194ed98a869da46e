"""The local server over an output folder: SPARQL endpoint and browser pages. Nothing here reaches the network."""
