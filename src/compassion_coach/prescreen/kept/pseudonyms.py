"""Names that stand for clients, the same in every run: a hash under a key that never leaves this computer."""

import os
import re
import secrets
from dataclasses import replace
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

from compassion_coach.errors import InputError
from compassion_coach.prescreen.kept.owned import kept
from compassion_coach.prescreen.sources import Source
from compassion_coach.settings import config_folder

KEY_FILE = "pseudonyms.key"
_LONG = 32  # bytes
_OF_PLACE = 16  # bytes
_HIDDEN = re.compile(rf"file-[0-9a-f]{{{2 * _OF_PLACE}}}(?:[!#]|$)")


def known_key() -> bytes | None:
    """Return this computer's key, or None where there is none yet. Raises InputError where the file is damaged."""
    file = config_folder() / KEY_FILE
    try:
        found = bytes.fromhex(file.read_text("ascii"))
    except FileNotFoundError:
        return None
    except (ValueError, UnicodeError):
        found = b""
    if len(found) != _LONG:
        raise InputError(f"The key in {file} is damaged. Without the file a new one is made, and other pseudonyms.")
    return found


def key() -> bytes:
    """Return this computer's key, made when it is first asked for. Raises OSError where it cannot be kept."""
    if (known := known_key()) is not None:
        return known
    file = config_folder() / KEY_FILE
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept(file, secrets.token_bytes(_LONG).hex().encode())
    return known_key() or b""


def pseudonym(what: str, name: str, under: bytes, length: int = 5) -> str:
    """Return what stands for a name: `client-5f1c2a9b40`, of so many bytes. Nothing stands for nothing."""
    if not name:
        return ""
    return f"{what}-{_hash(name, under, length)}"


def place_under(where: str, under: bytes) -> str:
    """Return what stands for a place, as it is spelt: no two of millions alike.

    What stands for a letter in an archive, a table or a message begins with what stands for that, and a sign.
    """
    ends = [*(sign.start() for sign in re.finditer("[!#]", where)), len(where)]
    inside = (f"{where[end]}{_hash(where[:after], under, _OF_PLACE)}" for end, after in pairwise(ends))
    return pseudonym("file", where[: ends[0]], under, _OF_PLACE) + "".join(inside)


def is_hidden(where: str) -> bool:
    """Whether something stands for a place, which tells nothing then."""
    return _HIDDEN.match(where) is not None


def _hash(name: str, under: bytes, length: int) -> str:
    return blake2b(name.encode(errors="surrogatepass"), key=under, digest_size=length).hexdigest()


def client_under(name: str, under: bytes) -> str:
    """Return what stands for a client."""
    return pseudonym("client", name, under)


def absolute(where: str) -> str:
    """Return a place on this computer spelt from the root: what hides it then is one, however it was given."""
    return os.path.normpath(Path.cwd() / where)


def hidden(source: Source, under: bytes) -> Source:
    """Return a source that tells neither the client nor the file, which may be named after them."""
    return replace(
        source,
        where=place_under(source.where, under),
        id=pseudonym("letter", source.where, under),
        client=client_under(source.client, under),
    )
