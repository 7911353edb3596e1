"""What people see. Pure: values in, Block Kit out; nothing here asks Slack, the database or a clock."""
