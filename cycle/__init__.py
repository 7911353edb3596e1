"""The discussion cycle: plan, hold, follow up, again.

Read in this order: `snapshot` (what a pair is like now), `nudges` (what is sent to whom, and when), `replanning` (how
the plan gets into the database), `guards` and `access` (who may change and read what), then one module per moment of
the cycle: `pairing`, `preparations`, `scheduling`, `agendas`, `brief`, `wrap_up`, `thanks`, `commitments`.
"""
