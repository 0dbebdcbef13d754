"""The terminal and what its user has set: keys, looks, clipboard, and how it was left."""
