"""Assembly: settings, the command line, the servers, logging; the one place where everything is put together."""
