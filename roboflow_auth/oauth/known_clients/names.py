"""Which names a person would read alike, and which nobody may take (protocol.md P-C8)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_BRAND = "roboflow"
_CLAIMS = ("official", "verified")
# Formatting characters, line and paragraph separators.
_INVISIBLE = frozenset({"Cf", "Zl", "Zp"})
# Characters that count as letters, marks or symbols, and show nothing: joiners, fillers, the empty braille cell.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0")


def is_forbidden_name(name: str) -> bool:
    """Return whether `name` claims to be this product's own, or to have been checked by somebody."""
    starts = (fold_name(name), fold_name(_without_number(name)))
    return any(start.startswith(fold_name(_BRAND)) for start in starts) or any(
        fold_name(claim) in starts[0] for claim in _CLAIMS
    )


def begins_with(name: str, folded: str) -> bool:
    """Return whether the first words of `name` fold to `folded`, and a further word follows."""
    read = 0
    for character in _latin(name):
        if not _is_read(character):
            if read == len(folded):
                return True
        elif folded[read : read + 1] != character:
            return False
        else:
            read += 1
    return read == len(folded)


def fold_name(name: str) -> str:
    """Return what `name` looks like: two names that a person would read alike fold to the same letters and digits.

    Compatibility forms are resolved; accents, invisible characters and spaces are taken out; letters of other alphabets
    and digits count as the Latin letter they resemble, and so do I, l and 1, which look alike among themselves.
    """
    return "".join(character for character in _latin(name) if _is_read(character))


def is_invisible(character: str) -> bool:
    """Return whether nobody sees `character`, though it is there: it formats, separates lines, or fills up."""
    return unicodedata.category(character) in _INVISIBLE or character in _FILLERS


def _latin(name: str) -> str:
    """Return `name` in the Latin letters that it looks like, with whatever stands between them."""
    # Letters are looked up in every form: the next step would make others of some that look Latin in this one.
    visible = "".join(character for character in name if not is_invisible(character))
    latin = unicodedata.normalize("NFKD", visible.translate(_LOOK_ALIKES)).translate(_LOOK_ALIKES)
    latin = latin.casefold().translate(_LOOK_ALIKES)
    return "".join(character for character in latin if unicodedata.category(character)[0] != "M")


def _is_read(character: str) -> bool:
    """Return whether `character` is a letter or a digit, and not a mark that only counts as a letter, as «ー» does."""
    return character.isalnum() and unicodedata.category(character) != "Lm"


def _without_number(name: str) -> str:
    """Return `name` from its first letter on: «1. Roboflow» begins with the brand for everybody who reads it."""
    composed = unicodedata.normalize("NFKC", name)
    starts = (index for index, character in enumerate(composed) if character.isalpha() and _is_read(character))
    return composed[next(starts, 0) :]


def _look_alikes(groups: Iterable[tuple[str, str]]) -> dict[int, str]:
    return {ord(twin): letter for letter, twins in groups for twin in twins}


def _letters_in_boxes() -> dict[int, str]:
    """Return the letters of flags, and those in black circles and squares, which no normal form resolves."""
    starts = (0x1F1E6, 0x1F150, 0x1F170)
    return {start + index: chr(ord("a") + index) for start in starts for index in range(26)}


# Capitals stand beside small letters where only the one of them resembles a Latin letter, or each another one.
# Cherokee capitals and Lisu letters, at the ends, were drawn after the Latin ones.
_LOOK_ALIKES = _letters_in_boxes() | _look_alikes(
    [
        ("", "ǃ"),
        ("a", "АаΑαᴀɑᎪꓮ"),
        ("b", "ВвЬьΒβʙᏴꓐ"),
        ("c", "СсϹϲᴄᏟꓚ"),
        ("d", "ԀԁᴅᎠꓓ"),
        ("e", "ЕеΕεЄєᴇᎬꓰ"),
        ("f", "ƒϜꜰꓝ"),
        ("g", "ɡցԌᏀꓖ"),
        ("h", "НһΗʜհᎻꓧ"),
        ("j", "ЈјᴊᎫꓙ"),
        ("k", "КкΚκᴋᏦꓗ"),
        ("l", "iI1|ІіΙιıӀӏłŁʟɪǀᏞꓡ"),
        ("m", "МмΜᴍᎷꓟ"),
        ("n", "ΝηɴПпոꓠ"),
        ("o", "0ОоΟοøØσᴏօꓳ"),
        ("p", "РрΡρᴘᏢꓑ"),
        ("r", "гᴦʀᎡᏒꓣ"),
        ("s", "Ѕѕ5ꜱՏᏚꓢ"),
        ("t", "ТтΤτᴛᎢꓔ"),
        ("u", "υᴜսꓴ"),
        ("v", "ѴѵνᴠᏙꓦ"),
        ("w", "ѡԝωᴡᎳꓪ"),
        ("x", "ХхΧχꓫ"),
        ("y", "УуΥγʏꓬ"),
        ("z", "ΖᴢᏃꓜ"),
    ]
)
