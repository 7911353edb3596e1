"""A small team, which fills a sandbox on request. `team` tells its story, to be read and changed."""

from bot.demo.play import play, start_for

__all__ = ["play", "start_for"]
