"""The listings: what is found, by which filter, and how much of it there is."""
