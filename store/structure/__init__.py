"""The shape of the store's file: its tables, their rows, and the steps from older ones."""
