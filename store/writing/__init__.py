"""The one writer: arrivals on their way into the inbox, and what else it does between them."""
