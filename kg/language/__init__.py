"""Pure functions on text: scripts, numbers, money, quantities, dates, sentences."""
