"""Passes verified deliveries on to the application under development, as the wire sent them."""
