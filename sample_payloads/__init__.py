"""What Propexo would send: payloads as data files, and the sender that signs and delivers them."""
