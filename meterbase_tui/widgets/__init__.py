"""The parts that panels are made of; each draws lines by itself and does no I/O."""
