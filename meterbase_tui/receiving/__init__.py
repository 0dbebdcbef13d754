"""The receiver as the screen and the commands have it: found, watched and put right."""
