"""The way in and the answer out: HTTP, its limits, and who is at the door."""
