"""How many documents become facts: in several processes, kept on disk, not read again when nothing has changed."""
