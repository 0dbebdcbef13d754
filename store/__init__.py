"""What happened: every delivery, the events made of them, and the records that they changed.

The only package that knows SQL. It hands out frozen dataclasses (`store.records`) and never rows.
"""
