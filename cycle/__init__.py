"""The discussion cycle: plan, hold, follow up, again.

Read in this order: `state` (what is known of a pair), `nudges` (what should be sent to whom, and when), `replanning`
(how the plan gets into the database), then one module a moment of the cycle: `pairing`, `preparing`, `scheduling`,
`agendas`, `wrapping_up`, `thanking`, `promises`.
"""
