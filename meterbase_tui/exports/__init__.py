"""The log and its records for other programs: archives, HAR and JSON."""
