"""Plays Propexo: scenarios as data files, and a sender that keeps order and retries as it does."""
