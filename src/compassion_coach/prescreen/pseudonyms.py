"""Names that stand for clients, the same in every run: a hash under a key that never leaves this computer."""

import os
import re
import secrets
from dataclasses import replace
from hashlib import blake2b

from compassion_coach.prescreen.found import Source
from compassion_coach.settings import config_folder

KEY_FILE = "pseudonyms.key"
_PSEUDONYM = re.compile(r"client-[0-9a-f]{10}")


def known_key() -> bytes | None:
    """Return this computer's key, or None where there is none yet."""
    file = config_folder() / KEY_FILE
    return bytes.fromhex(file.read_text("ascii")) if file.exists() else None


def key() -> bytes:
    """Return this computer's key, made when it is first asked for. Raises OSError where it cannot be kept."""
    file = config_folder() / KEY_FILE
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(file.read_text("ascii"))
    made = secrets.token_bytes(32)
    with os.fdopen(opened, "w", encoding="ascii") as stream:
        stream.write(made.hex())
    return made


def pseudonym(what: str, name: str, under: bytes) -> str:
    """Return what stands for a name: `client-5f1c2a9b40`. Nothing stands for nothing."""
    if not name:
        return ""
    return f"{what}-{blake2b(name.encode(errors='surrogatepass'), key=under, digest_size=5).hexdigest()}"


def is_pseudonym(name: str) -> bool:
    """Whether a client's name is one that `pseudonym` makes, or none."""
    return not name or _PSEUDONYM.fullmatch(name) is not None


def hidden(source: Source, under: bytes) -> Source:
    """Return a source that tells neither the client nor the file, which may be named after them."""
    return replace(
        source,
        where=pseudonym("file", source.where, under),
        id=pseudonym("letter", source.where, under),
        client=pseudonym("client", source.client, under),
    )
