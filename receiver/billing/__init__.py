"""RUBS: who bears which share of a building's bill, and what a change does to it. No I/O."""
