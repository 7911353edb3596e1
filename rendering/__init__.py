"""Documents (`cycle.document`) as files: Markdown and PDF. Knows no Slack, so that mail can use it too."""
