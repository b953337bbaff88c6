"""Documents that are packed: whether they may be opened."""

import io
import zipfile

from compassion_coach.errors import InputError

_MOST_UNPACKED = 64 * 1024 * 1024  # of a Word or OpenDocument file
_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # a compound file: Word's old format, or a new one under a password
_MANIFEST = "META-INF/manifest.xml"  # of OpenDocument


def unlocked(raw: bytes) -> bytes:
    """Return a packed document that is neither under a password nor made to burst. Raises InputError."""
    if raw.startswith(_LOCKED):
        raise InputError("It is locked with a password, or in the format of Word before 2007.")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = sum(member.file_size for member in archive.infolist())
            manifest = archive.read(_MANIFEST) if _MANIFEST in archive.namelist() else b""
    except (zipfile.BadZipFile, KeyError, RuntimeError):
        size, manifest = 0, b""
    if size > _MOST_UNPACKED:
        raise InputError(f"Unpacked it is over {_MOST_UNPACKED >> 20} MiB, which no letter is.")
    if b"encryption-data" in manifest:
        raise InputError("It is locked with a password.")
    return raw
