"""The address of a model's server: whether it is one, and how people are told where a letter goes."""

import os

from compassion_coach.errors import SettingError


def check_address(base_url: str, source: str) -> None:
    """Raise SettingError for what is no address of a server."""
    if not _is_address(base_url):
        raise SettingError(f"base_url is an address such as http://localhost:11434/v1 (from {source}).")


def _is_address(value: object) -> bool:
    from urllib.parse import urlsplit

    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    odd = any(c.isspace() or c in "?#" for c in value)  # a path is written after it
    return bool(known) and value.isascii() and not odd


def resolved(base_url: str | None) -> str | None:
    """Return the address that is asked: the one that was named, else OPENAI_BASE_URL, which openai's library reads."""
    return base_url or os.environ.get("OPENAI_BASE_URL") or None


def server_of(base_url: str | None) -> str:
    """Say where a letter goes, and whether others on the way could read it."""
    from urllib.parse import urlsplit

    base_url = resolved(base_url)
    if not base_url:
        return "api.openai.com"
    parts = urlsplit(base_url)
    return f"{parts.hostname}{'' if parts.scheme == 'https' or is_here(parts.hostname) else ', unencrypted'}"


def is_here(host: str | None) -> bool:
    """Whether a host is this computer."""
    from ipaddress import ip_address

    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:  # it is a name
        return False
