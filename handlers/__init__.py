"""What people do in Slack: one module per moment of the cycle.

A listener acknowledges, reads the payload, makes one call into `cycle`, and renders. It is given an `Interaction`
(`shared.interaction`) and shows a view (`views`); `shared.ids` has the names that Slack knows things by.
"""
