"""What the screen asks the store: ids, rows and whole stories, gathered for showing."""
