"""What the program costs, beside what a user would pick instead: `python -m benchmarks`.

Every figure is read as a ratio to another of the same run, on the same machine: absolute figures
say more of the machine than of the program. Not part of the wheel.
"""
