"""The files themselves: who has them open, whether they are there, and whether they are sound."""
