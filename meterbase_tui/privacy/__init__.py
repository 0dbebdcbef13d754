"""What is kept from other people's eyes: secrets, and personal data when it is masked."""
