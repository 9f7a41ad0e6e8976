"""The bytes of a file as text, whatever its encoding."""

from __future__ import annotations

import codecs
from pathlib import Path

from own_programs.errors import FileUnreadable

LARGEST = 256_000_000  # bytes of a file
SAMPLE = 64_000  # bytes from which an encoding is told
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHER_KINDS = {
    b"%PDF": "a PDF. Export a table from where it was made",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file. Save it as XLSX or CSV",
    b"\x1f\x8b": "compressed. Unpack it first",
    b"7z\xbc\xaf": "compressed. Unpack it first",
    b"Rar!": "compressed. Unpack it first",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "a database. Export a table as CSV",
}
# One byte a letter, for Latin scripts: they are hardly told apart, and files of offices are nearly always the first.
WESTERN = "cp1252"
NOT_WESTERN = (
    "1250",
    "1251",
    "1253",
    "1254",
    "1255",
    "1256",
    "1257",
    "koi8",
    "8859_2",
    "8859_5",
    "8859_7",
    "8859_8",
    "8859_9",
)
MANY_BYTES = ("shift", "cp932", "euc", "gb", "big5", "iso2022", "johab", "cp949", "cp950", "hz")


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes; raises FileUnreadable if it is not there, empty, too large or of another kind."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise FileUnreadable(f"{path}: the file has {size / 1e6:.0f} MB, more than {LARGEST // 10**6}. Split it.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise FileUnreadable(f"{path}: there is no such file.") from None
    except OSError as error:
        raise FileUnreadable(f"{path}: the file cannot be read ({error.strerror}).") from None
    if not data.strip():
        raise FileUnreadable(f"{path}: the file is empty.")
    for start, kind in OTHER_KINDS.items():
        if data.startswith(start):
            raise FileUnreadable(f"{path}: the file is {kind}.")
    return data


def decoded(data: bytes, path: Path, encoding: str = "") -> tuple[str, str]:
    """Return the text and the encoding's name; raises FileUnreadable if the bytes are no text."""
    if encoding:
        return _strictly(data, path, encoding), encoding
    for mark, name in MARKS:
        if data.startswith(mark):
            return _strictly(data, path, name), name.removesuffix("-sig")
    name = _without_mark(data[:SAMPLE]) if b"\x00" in data[:SAMPLE] else ""
    if not name:
        if _is_binary(data[:SAMPLE]):
            raise FileUnreadable(f"{path}: the file is no text. CSV, XLSX, JSON, JSON-LD and HTML can be imported.")
        name = "utf-8" if _decodes(data, "utf-8") else _legacy(data)
    return _strictly(data, path, name), name


def _is_binary(sample: bytes) -> bool:
    """Return whether bytes hold more control characters than a text with a slip or two."""
    controls = sum(sample.count(code) for code in range(32) if chr(code) not in "\t\r\n\f")
    return controls > len(sample) / 100 + 2


def _strictly(data: bytes, path: Path, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError:
        raise FileUnreadable(f"{path}: there is no encoding {encoding}. Try utf-8, utf-16 or cp1252.") from None
    except UnicodeError as error:
        where = getattr(error, "start", 0)
        raise FileUnreadable(
            f"{path}: byte {where:,} is not of the encoding {encoding}. Name it: --encoding NAME."
        ) from None


def _without_mark(sample: bytes) -> str:
    """Return which UTF-16 a text without a mark is: nearly every other byte of it is zero."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    enough = len(sample) / 2 * 0.4
    if odd > enough and even < odd / 10:
        return "utf-16-le"
    return "utf-16-be" if even > enough and odd < even / 10 else ""


def _legacy(data: bytes) -> str:
    """Return the likely encoding of a text that is not Unicode."""
    from charset_normalizer import from_bytes  # two megabytes, for texts that are not Unicode

    # Only the lines that tell: a few bytes above ASCII drown in a large file.
    telling = b"\n".join(line for line in data.splitlines() if not line.isascii())[:SAMPLE]
    best = from_bytes(telling).best()
    name = best.encoding if best else WESTERN
    if any(part in name for part in (*NOT_WESTERN, *MANY_BYTES)) and not _reads_western(telling, name):
        return name
    return WESTERN if _decodes(data, WESTERN) else name


def _reads_western(telling: bytes, name: str) -> bool:
    """Return whether a text is no less likely Western: most of its letters above ASCII are those of Western words."""
    if not _decodes(telling, WESTERN) or any(part in name for part in MANY_BYTES):
        return False
    signs = [sign for sign in telling.decode(WESTERN) if sign > "\x7f"]
    usual = sum(sign in "äöüßÄÖÜéèêëàâçîïôûùœæáíóúñåøãõ€–’‘“”„«»°§·…£ÉÀÈÇÁÍÓÚÑÅØÆ" for sign in signs)
    return usual >= 0.9 * len(signs)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
