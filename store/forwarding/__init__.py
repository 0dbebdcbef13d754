"""What is passed on to applications: queues, attempts and answers."""
