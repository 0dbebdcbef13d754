"""What is kept and for how long: limits, the plan to hold them, and its execution."""
