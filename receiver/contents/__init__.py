"""What a payload says and what it changes: fields, differences, and people's data. No I/O."""
