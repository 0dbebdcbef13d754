"""Records as words: the cells, lines and texts that stand on the screen. No I/O."""
