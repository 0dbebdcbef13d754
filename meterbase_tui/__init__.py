"""What a person sees and types: settings, commands and the screen."""
