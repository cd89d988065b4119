"""Checksums of files that are read back: what is cut short or altered is refused, not read.

A sealed file ends in a line with the name of its format and the SHA-256 of everything before. The
checksum is compared before anything else reads the content: no parser sees a damaged file. JSON,
which must stay JSON, holds its checksum as the entry ``sha256``.
"""

from __future__ import annotations

import json
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import Any

from stackel.errors import CheckpointError

CHECKSUM = "sha256"
MOST_JSON = 64 * 2**20
"""Bytes that a JSON file may have: a plan of a hundred thousand seeds has one million."""


def seal(format: str, body: bytes | memoryview) -> bytes:
    """The last line of a file whose other content is ``body``."""
    return f"\n{format} {sha256(body).hexdigest()}\n".encode()


def unseal(path: Path, format: str) -> memoryview:
    """The content of a sealed file, without its seal.

    Raises
    ------
    CheckpointError
        When the file cannot be read, is cut short or altered, or is of another format.
    """
    content = _content(path)
    start = content.rfind(b"\n", 0, -1)
    body = memoryview(content)[: max(start, 0)]
    if start < 0 or content[start:] != seal(format, body):
        raise CheckpointError(
            f"{path}: cut short, altered, or of another program: "
            f"it must end in {format!r} and the checksum of its content"
        )
    return body


def sealed_json(document: dict[str, Any]) -> bytes:
    """A JSON object with its checksum as the last entry."""
    digest = sha256(json.dumps(document).encode()).hexdigest()
    return (json.dumps(document | {CHECKSUM: digest}, indent=1) + "\n").encode()


def unsealed_json(path: Path) -> dict[str, Any]:
    """The object in a file of :func:`sealed_json`, without its checksum.

    Raises
    ------
    CheckpointError
        When the file cannot be read, is cut short or altered.
    """
    content = _content(path, most=MOST_JSON)
    try:
        document: dict[str, Any] = json.loads(content)
        del document[CHECKSUM]
        if sealed_json(document) == content:
            return document
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise CheckpointError(
        f"{path}: cannot be read: cut short or altered: "
        f"it must be a JSON object with the checksum {CHECKSUM!r} of its other entries"
    )


def _content(path: Path, *, most: float = inf) -> bytes:
    if path.exists() and not path.is_file():  # to open a pipe may take for ever
        raise CheckpointError(f"{path}: cannot be read: it must be a regular file")
    try:
        if (size := path.stat().st_size) > most:
            raise CheckpointError(f"{path}: cannot be read: it may have {most} bytes, got {size}")
        return path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read: {error.strerror}") from None
