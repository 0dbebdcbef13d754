"""What a request deserves: the signature first, then the body. No I/O."""
