"""What makes the reference pages from the code; `docs/make_reference.py` writes them."""
