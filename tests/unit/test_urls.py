import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parsers.fields.urls import MAX_URL_LENGTH, absolute, canonical, host_of, identity, parse_url
from tests.tables import table

TEXT = st.text(st.characters(exclude_categories=[]))
ADDRESSES = TEXT | st.from_regex(
    r"(https?:)?//(u:p@)?[a-zé.0-9]{1,9}(:\d{1,3})?(/[a-z%.é ]{0,5}){0,3}/?(\?[a-z&=%?_]{0,9})?(#x?)?", fullmatch=True
)


@given(ADDRESSES, st.none() | ADDRESSES)
@example("??", "HTTP:0")
def test_no_text_raises_and_canonical_is_idempotent(url: str, base: str | None) -> None:
    found = canonical(url, base)
    if found is None:
        return
    assert canonical(found) == found
    assert identity(found) == identity(found.removesuffix("/"))
    parsed = parse_url(found)
    assert parsed is not None
    assert (parsed.hash, parsed.username, parsed.password) == ("", "", "")
    assert host_of(found) == host_of(absolute(url, base))


@given(
    ADDRESSES
    | st.from_regex(
        r"https?://[a-z.-]{1,8}\.(xn--)?[a-z\d]{1,3}(/[a-zé.%2e~'|]{0,4}){0,3}(\?[a-z'=]{0,3})?", fullmatch=True
    )
)
def test_what_is_not_parsed_is_what_parsing_would_give(url: str) -> None:
    parsed = parse_url(url)
    assert absolute(url, None) == (str(parsed.href) if parsed else None)
    assert host_of(url) == (str(parsed.hostname).rstrip(".") if parsed else None)


@pytest.mark.parametrize(("url", "expected"), table("urls")["canonical"])
def test_canonical_form(url: str, expected: str) -> None:
    assert canonical(url) == expected


@pytest.mark.parametrize(
    "url", [None, "", " ", "a/b", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://[::1", "https://",
            "https://\ud83d.example", "https://example.com/" + "a" * MAX_URL_LENGTH]
)  # fmt: skip
def test_p16_what_is_no_web_address_is_none(url: str | None) -> None:
    assert (canonical(url), absolute(url, None), host_of(url)) == (None, None, None)


def test_relative_addresses_take_the_base_if_that_is_an_address() -> None:
    assert absolute("../b.jpg", "https://example.com/x/y/") == "https://example.com/x/b.jpg"
    assert absolute("//cdn.example/b", "https://example.com/") == "https://cdn.example/b"
    assert absolute("https://example.com/b", "saved page.html") == "https://example.com/b"
    assert absolute("b", "saved page.html") is None
    assert absolute(" ", "https://example.com/") is None  # an empty `src` is no picture of the page's own address


def test_identity_leaves_out_what_does_not_tell_articles_apart() -> None:
    same = ["https://www.example.com/a/?y=2&x=1", "https://example.com/a?x=1&y=2", "http://example.com./a?x=1&y=2"]
    assert {identity(url) for url in same} == {"example.com/a?x=1&y=2"}
    assert identity("https://example.com/") == "example.com"
    assert host_of("https://WWW.Example.com.:8443/x") == "www.example.com"
