"""What works after the answer, each on a thread of its own, and begins again after a mistake."""
