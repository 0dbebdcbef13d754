"""The queue of events, and what processing them does to the records."""
