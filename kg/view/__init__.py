"""The interactive view: one HTML page that opens with no network."""
