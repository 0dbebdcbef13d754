"""Refreshing after a sync: fetch everything, then apply it at once.

`refresher` is the way in. What decides is pure (`adapter`, `paging`, `pacing`, `planning`,
`reconciliation`, `leasing`, `reports`); `client`, `fetching`, `applying` and `refresher` do.
"""

from __future__ import annotations
