"""Addresses of mail."""

from email.headerregistry import Address
from typing import Final

from rendering.plain import one_line

LONGEST_NAME: Final = 100  # characters of a name in a header


def address(name: str, spec: str) -> Address:
    """A name with its address. Raises `ValueError` where the address is none that every server takes."""
    if not spec.isascii() or spec.count("@") != 1 or any(one.isspace() for one in spec):
        raise ValueError("not an address")
    try:
        return Address(display_name=one_line(name)[:LONGEST_NAME], addr_spec=spec)
    except Exception as error:
        raise ValueError("not an address") from error
