"""What arrives, and what MeterBase does with it.

Judgement (signatures, envelopes, changes, RUBS) is pure functions; the rest is a thin shell around
them: the HTTP endpoint, the one door to the store, the processor, the tunnel and the checks.
"""
