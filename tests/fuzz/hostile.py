"""Strategies: requests that are good but for one or two places, so that the code deep inside is reached."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

LENGTHS = (255, 256, 2047, 2048, 2049, 4096, 4097, 8193, 65_536)

# Texts that a parser, a database, a header or a page may trip over.
ODD_TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x01\x1f\x7f",
    "\r\nSet-Cookie: a=b",
    "\t",
    "\u200b\u202e\u2066\ufeff",
    "\u2028",
    "\ud800",
    "\udfff\ud800",
    "\uffff",
    "😀",
    "ñ",
    "e\u0301",
    "٣",
    "²",
    "-1",
    "0",
    "1e999",
    "9" * 19,
    "9" * 400,
    "9" * 5000,
    "NaN",
    "null",
    "true",
    "../../etc/passwd",
    "%00",
    "%",
    "%zz",
    "%25",
    "{{7*7}}",
    "{0.__class__}",
    "%s%n%(a)s",
    "'\"--;",
    "\\",
    "<script>alert(1)</script>",
    "a b",
    "a+b",
    "x" * 65,
    *("x" * length for length in LENGTHS),
    "é" * 2048,
)

ODD_URIS = (
    "https://",
    "https:",
    "https:///path",
    "http://[",
    "https://[::1",
    "https://[v1.x]/",
    "https://[::ffff:127.0.0.1%25eth0]/",
    "https://a:99999/",
    "https://a:٣/",
    "https://a:/",
    "https://user:pass@a.example/",
    "https://a.example\\@b.example/",
    "https://пример.рф/callback",
    "https://xn--/callback",
    "https://xn--a-\u00ff/callback",
    "https://ａ.example/",
    "https://a.example/\x00",
    "https://a.example/ b",
    "https://a.example/#fragment",
    "https://a.example/?",
    "https://a.example?x=1;y",
    "https://*.example/",
    "https://0x7f.1/",
    "https://a..example/",
    f"https://{'a' * 64}.example/",
    f"https://{'a.' * 200}example/",
    "https://a.example/" + "x" * 2030,
    "http://127.0.0.1:0/callback",
    "http://127.0.0.1:65536/callback",
    "http://localhost:/callback",
    "http://[::1]:5555/callback",
    "http://[::1]:5555]/callback",
    "http://127.1/callback",
    "javascript:alert(1)",
    "data:text/html,x",
    "urn:ietf:wg:oauth:2.0:oob",
    "cursor://anysphere.cursor-mcp/oauth/callback",
    "cursor:",
    "://",
    "//a.example/",
    "http:",
    "http://testserver/mcp",
    "http://testserver:80/mcp/",
    "HTTP://TESTSERVER/mcp",
    "http://testserver/api/v1",
    "http://testserver/mcp http://testserver/api/v1",
)

DEEP = ("[" * 100_000, '{"a":' * 3000 + "1" + "}" * 3000, "[" * 200 + "]" * 200, "[" * 20 + "]" * 20)
# Each stands as it is in a JSON text; the values of some fit no column and no number of Python's.
ODD_JSON = (
    *("null", "true", "0", "-0", "-1", "1.5", "1e400", "NaN", "Infinity", "-Infinity", "[]", "{}", '""', "[[]]"),
    *("9223372036854775807", "9223372036854775808", "9" * 400, "9" * 5000, "1E+2", "01"),
    *('"\\ud800"', '"\\u0000"', '"\\udc00\\ud800"', '"\\u202e"', '["\\u0000"]', "[1]", "[null]", '["a",["b"]]'),
    *('{"a":1,"a":2}', '{"__proto__":{}}', '{"":""}', '{"\\ud800":1}', '{"\\u0000":1}'),
    *DEEP[1:],
)

# Charsets never reach Django (tests/core/test_charset.py); these are spared by what stands in front of it.
ODD_TYPES = (
    "",
    "/",
    "text/plain",
    "application/json",
    "application/json; charset=utf-16",
    "application/x-www-form-urlencoded; charset=utf-7",
    "text/html; charset=utf-16",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "x" * 300,
    "application/x-www-form-urlencoded",
    "APPLICATION/X-WWW-FORM-URLENCODED;;;",
    'a/b; c="\\',
    "\xff",
)

texts = st.one_of(
    st.sampled_from(ODD_TEXTS),
    st.sampled_from(ODD_URIS),
    st.text(st.characters(), max_size=40),
    st.text(st.sampled_from("%0a&=+;/?#@[]:.\\\x00é٣"), max_size=12),
)


def encoded(text: str) -> str:
    """Return `text` percent-encoded; what has no UTF-8 form becomes the bytes that UTF-8 forbids."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def encoded_form(pairs: list[tuple[str, str]]) -> str:
    """Return an urlencoded form."""
    return "&".join(f"{encoded(name)}={encoded(value)}" for name, value in pairs)


@st.composite
def forms(draw: st.DrawFn, valid: Mapping[str, str], further: tuple[str, ...] = ()) -> str:
    """Return the form `valid`, changed in one to three places; `further` names parameters that it may have too."""
    pairs = list(valid.items())
    for _ in range(draw(st.integers(1, 3))):
        _change(draw, pairs, further)
    raw = encoded_form(pairs)
    ending = draw(st.sampled_from(("", "", "", "", "&%00=1", "&a=%ff", "&a=%", "&", ";", "&" * 2000, "&é=1", "&=")))
    return raw + ending


def _change(draw: st.DrawFn, pairs: list[tuple[str, str]], further: tuple[str, ...]) -> None:
    kind = draw(st.sampled_from(("replace", "replace", "replace", "drop", "repeat", "add", "affix")))
    if kind == "add" or not pairs:
        names = st.sampled_from(further) if further else texts
        pairs.append((draw(names), draw(texts)))
        return
    at = draw(st.integers(0, len(pairs) - 1))
    name, value = pairs[at]
    if kind == "drop":
        del pairs[at]
    elif kind == "repeat":
        pairs.append((name, draw(st.one_of(st.just(value), texts))))
    elif kind == "affix":
        pairs[at] = (name, draw(st.sampled_from((value + "\x00", " " + value, value + "\n", value * 2, value.upper()))))
    else:
        pairs[at] = (name, draw(texts))


@st.composite
def documents(draw: st.DrawFn, valid: Mapping[str, Any], further: tuple[str, ...] = ()) -> bytes:
    """Return the JSON object `valid`, one to three members of which are something else, or a text that is no object."""
    if draw(st.integers(0, 9)) == 0:
        return draw(
            st.one_of(st.sampled_from((*ODD_JSON, *DEEP, "", "\ufeff{}")).map(str.encode), st.binary(max_size=60))
        )
    members = {name: json.dumps(value) for name, value in valid.items()}
    names = st.sampled_from((*valid, *further)) if valid or further else texts
    for _ in range(draw(st.integers(1, 3))):
        name = draw(names)
        if draw(st.integers(0, 9)) == 0:
            members.pop(name, None)
        else:
            members[name] = draw(values(valid.get(name)))
    text = ", ".join(f"{json.dumps(name)}: {value}" for name, value in members.items())
    return ("{" + text + "}").encode("utf-8", "surrogatepass")


def values(valid: Any = None) -> st.SearchStrategy[str]:
    """Return JSON texts in place of `valid`: other types, odd texts, and lists of these where it is a list."""
    strings = texts.map(json.dumps)
    lists = st.lists(strings, max_size=4).map(lambda items: f"[{', '.join(items)}]")
    long = st.sampled_from((99, 101, 5000)).map(lambda length: json.dumps(["x"] * length))
    several = [lists, long] if isinstance(valid, list) else [lists]
    return st.one_of(strings, st.sampled_from(ODD_JSON), *several)


@st.composite
def odd_headers(draw: st.DrawFn) -> dict[str, str]:
    """Return up to two request headers that somebody made up; no server lets control characters through."""
    names = ("Accept", "Accept-Language", "Origin", "Referer", "Cookie", "If-None-Match", "X-Forwarded-For", "Range")
    more = (
        "X-Forwarded-Proto",
        "X-Http-Method-Override",
        "Forwarded",
        "Expect",
        "Accept-Encoding",
        "If-Modified-Since",
    )
    specials = st.sampled_from(
        (
            'sessionid="\\000aaaaaaaaaaaa"',
            'csrftoken="\\000"; messages="\\000"; sessionid=' + "x" * 40,
            "sessionid=" + "9" * 5000,
            "http://[",
            "null",
            "*",
            "en-" + "a" * 600,
            "a" * 501,
            "10.0.0.1, " + "x" * 60,
            "::1%eth0",
            "bytes=9-0",
            "\xff\xfe",
        )
    )
    chosen = draw(st.lists(st.sampled_from(names + more), max_size=2, unique=True))
    return {name: draw(st.one_of(specials, header_values)) for name in chosen}


header_values = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60)
