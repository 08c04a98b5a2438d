"""winmail.dat: the wrapper Outlook and Exchange put around attachments (MS-OXTNEF).

Only what a reader needs is decoded: attachments with their names, the plain or HTML body, an RTF body as a file.
Attributes are length-prefixed, so one pass suffices and a broken length ends it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

SIGNATURE = 0x223E9F78
_ATT_BODY = 0x800C
_ATT_REND = 0x9002
_ATT_TITLE = 0x8010
_ATT_DATA = 0x800F
_ATT_ATTACHMENT = 0x9005
_ATT_MAPI = 0x9003
_ATT_CODEPAGE = 0x9007
_BODY = 0x1000
_RTF = 0x1009
_HTML = 0x1013
_LONG_NAME = 0x3707
_SHORT_NAME = 0x3704
_MIME_TAG = 0x370E
_CONTENT_ID = 0x3712
_DATA_OBJECT = 0x3701
_WIDTHS = {
    0x0002: 2,
    0x0003: 4,
    0x0004: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x000A: 4,
    0x000B: 4,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
_COUNTED = {0x000D, 0x001E, 0x001F, 0x0102}
_RTF_PREFIX = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fde"
    b"cor MS Sans "
    b"SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20"
    b"\\b\\i\\u\\tab\\tx"
)
MAX_RTF = 16 * 1024 * 1024


@dataclass(slots=True)
class TnefFile:
    """An attachment inside the wrapper."""

    name: str = ""
    type: str = ""
    cid: str = ""
    content: bytes = b""


@dataclass(slots=True)
class Tnef:
    """What the wrapper held; `complete` is False if it broke off."""

    text: str = ""
    html: bytes = b""
    rtf: bytes = b""
    files: list[TnefFile] = field(default_factory=list)
    complete: bool = True


def decode_tnef(data: bytes) -> Tnef | None:
    """The contents of a TNEF stream, or None if it is none."""
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != SIGNATURE:
        return None
    tnef = Tnef()
    codepage = "cp1252"
    position = 6
    while position + 9 <= len(data):
        _level, attribute, length = struct.unpack_from("<BII", data, position)
        position += 9
        if position + length + 2 > len(data):
            tnef.complete = False
            break
        value = data[position : position + length]
        position += length + 2
        name = attribute & 0xFFFF
        if name == _ATT_CODEPAGE and length >= 4:
            codepage = f"cp{struct.unpack_from('<I', value)[0]}"
        else:
            _attribute(tnef, name, value, codepage)
    tnef.files = [file for file in tnef.files if file.content or file.name]
    return tnef


def _attribute(tnef: Tnef, name: int, value: bytes, codepage: str) -> None:
    if name == _ATT_BODY:
        tnef.text = _string(value, codepage)
    elif name == _ATT_REND:
        tnef.files.append(TnefFile())
    elif name == _ATT_MAPI:
        for key, item in _properties(value, codepage):
            if key == _BODY and isinstance(item, str) and not tnef.text:
                tnef.text = item
            elif key == _HTML:
                tnef.html = item if isinstance(item, bytes) else item.encode()
            elif key == _RTF and isinstance(item, bytes):
                tnef.rtf = decompress_rtf(item)
    elif tnef.files:
        file = tnef.files[-1]
        if name == _ATT_TITLE:
            file.name = file.name or _string(value, codepage)
        elif name == _ATT_DATA:
            file.content = value
        elif name == _ATT_ATTACHMENT:
            _file_properties(file, value, codepage)


def _file_properties(file: TnefFile, value: bytes, codepage: str) -> None:
    for key, item in _properties(value, codepage):
        if isinstance(item, str):
            if key == _LONG_NAME or (key == _SHORT_NAME and not file.name):
                file.name = item
            elif key == _MIME_TAG:
                file.type = item
            elif key == _CONTENT_ID:
                file.cid = item
        elif key == _DATA_OBJECT and not file.content:
            # The first 16 bytes name the interface of the embedded object.
            file.content = item[16:] if len(item) > 16 else item


def _string(value: bytes, codepage: str) -> str:
    value = value.split(b"\0", 1)[0]
    try:
        return value.decode(codepage)
    except (LookupError, UnicodeError):
        return value.decode("cp1252", "replace")


def _properties(data: bytes, codepage: str) -> list[tuple[int, str | bytes]]:
    """String and binary MAPI properties; the others are skipped over."""
    found: list[tuple[int, str | bytes]] = []
    try:
        count = struct.unpack_from("<I", data)[0]
        position = 4
        for _ in range(min(count, 4000)):
            kind, name = struct.unpack_from("<HH", data, position)
            position += 4
            if name >= 0x8000:
                position = _skip_name(data, position)
            many = bool(kind & 0x1000)
            kind &= 0x0FFF
            values = 1
            if many or kind in _COUNTED:
                values = struct.unpack_from("<I", data, position)[0]
                position += 4
            if values > 10000:
                break
            for _value in range(values):
                position, item = _value_at(data, position, kind, codepage)
                if item is not None:
                    found.append((name, item))
    except struct.error:
        return found
    return found


def _value_at(data: bytes, position: int, kind: int, codepage: str) -> tuple[int, str | bytes | None]:
    if kind not in _COUNTED:
        return position + max(4, _WIDTHS.get(kind, 4)), None
    length = struct.unpack_from("<I", data, position)[0]
    raw = data[position + 4 : position + 4 + length]
    position += 4 + (length + 3) // 4 * 4
    if position > len(data) + 3:
        raise struct.error
    if kind == 0x001E:
        return position, _string(raw, codepage)
    if kind == 0x001F:
        return position, raw.decode("utf-16-le", "replace").split("\0", 1)[0]
    return position, raw


def _skip_name(data: bytes, position: int) -> int:
    form = struct.unpack_from("<I", data, position + 16)[0]
    position += 20
    if form == 0:
        return position + 4
    length = struct.unpack_from("<I", data, position)[0]
    return int(position + 4 + (length + 3) // 4 * 4)


def decompress_rtf(data: bytes) -> bytes:
    """Compressed RTF (MS-OXRTFCP) as RTF; b"" if it is not sound."""
    if len(data) < 16:
        return b""
    _size, raw_size, kind, _crc = struct.unpack_from("<IIII", data)
    if kind == 0x414C454D:
        return data[16 : 16 + raw_size]
    if kind != 0x75465A4C or raw_size > MAX_RTF:
        return b""
    window = bytearray(4096)
    window[: len(_RTF_PREFIX)] = _RTF_PREFIX
    write = len(_RTF_PREFIX)
    out = bytearray()
    position = 16
    while position < len(data) and len(out) < raw_size:
        control = data[position]
        position += 1
        for bit in range(8):
            if position >= len(data) or len(out) >= raw_size:
                break
            if control >> bit & 1:
                if position + 1 >= len(data):
                    return bytes(out)
                reference = data[position] << 8 | data[position + 1]
                position += 2
                start, length = reference >> 4, (reference & 0xF) + 2
                if start == write:
                    return bytes(out)
                for step in range(length):
                    byte = window[(start + step) % 4096]
                    out.append(byte)
                    window[write] = byte
                    write = (write + 1) % 4096
            else:
                byte = data[position]
                position += 1
                out.append(byte)
                window[write] = byte
                write = (write + 1) % 4096
    return bytes(out)
