"""What is sent to the receiver from here: samples, replays and scenarios, and their outcome."""
