"""What people do in Slack: one module a moment of the cycle.

A listener acknowledges, reads the payload, makes one call into `cycle`, and renders. `visit` is what it is given,
`views` is what it shows, `ids` is what Slack calls things.
"""
