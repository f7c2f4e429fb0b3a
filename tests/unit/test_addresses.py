"""Which addresses may be asked: F01-F03, F06, F07 by their text, F02-F04 by what they resolve to."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.base.errors import UsageError
from infra.base.settings import Settings
from infra.intake.web.addresses import AddressPolicy, not_public
from infra.intake.web.fetching import FetchError, FetchReason

PUBLIC = AddressPolicy(Settings(contact="tests@lake.example"))


def reason_for(url: str, policy: AddressPolicy = PUBLIC) -> FetchReason:
    with pytest.raises(FetchError) as caught:
        policy.target_of(url)
    return caught.value.reason


OTHER_SCHEMES = (
    "file:///etc/passwd data:text/html,x ftp://example.com/ javascript:alert(1) gopher://example.com "
    "FILE:///etc/passwd ws://example.com mailto:a@example.com about:blank blob:https://example.com/1"
)


@pytest.mark.parametrize("url", OTHER_SCHEMES.split())
def test_f01_schemes_other_than_http_are_refused(url: str) -> None:
    assert reason_for(url) is FetchReason.SCHEME


@pytest.mark.parametrize(
    "url", ["", "example.com", "//example.com/", "/path", "http:example.com", "https:/example.com"]
)
def test_f01_what_is_no_absolute_address_is_refused(url: str) -> None:
    assert reason_for(url) is FetchReason.URL


LOOPBACK_FORMS = (
    "127.1 2130706433 0x7f000001 0177.0.0.1 0x7f.1 0.0.0.0 0 127.0.0.1. 127.000.000.001 [::ffff:127.0.0.1] "
    "[::ffff:7f00:1] [0:0:0:0:0:0:0:1] %31%32%37.0.0.1 １２７.0.0.1 ①②⑦.0.0.1"
)
PRIVATE_HOSTS = (
    "127.0.0.1 127.8.9.1 localhost LOCALHOST localhost. a.localhost [::1] [::] 169.254.169.254 10.0.0.1 "
    "172.16.0.1 172.31.255.255 192.168.1.1 [fc00::1] [fd12::1] [fe80::1] 100.64.0.1 100.127.255.255 192.0.2.1 "
    "198.18.0.1 203.0.113.5 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 [ff02::1] [fec0::1] [::127.0.0.1] "
    "[2001:db8::1] [3fff::1] 192.88.99.1 [64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::1] [2002:7f00:1::] "
    "[2002:a00:1::1] [2001:0:4136:e378:8000:63bf:f5ff:fffe] [5f00::1] [100::1]"
)


@pytest.mark.parametrize("host", PRIVATE_HOSTS.split())
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_f02_private_hosts_are_refused(scheme: str, host: str) -> None:
    assert reason_for(f"{scheme}://{host}/latest/meta-data/") is FetchReason.ADDRESS


@pytest.mark.parametrize("host", LOOPBACK_FORMS.split())
def test_f03_no_spelling_hides_a_loopback_address(host: str) -> None:
    assert reason_for(f"http://{host}/") is FetchReason.ADDRESS


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101", "2002:101:101::1", "::ffff:1.1.1.1"]
)
def test_public_addresses_are_permitted_nat64_included(address: str) -> None:
    assert not_public(ipaddress.ip_address(address)) is None
    assert PUBLIC.permitted("news.example", 443, [address]) == [address]


@given(st.ip_addresses(v=4))
def test_f03_an_address_inside_of_another_is_judged_like_itself(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    inside = [(0xFFFF << 32) | number, (0x64FF9B << 96) | number, (0x2002 << 112) | (number << 80)]
    for wrapped in map(ipaddress.IPv6Address, inside):
        assert (not_public(wrapped) is None) == (not_public(address) is None)


@pytest.mark.parametrize(
    "url",
    [
        *("http://user:hunter2@example.com/", "https://hunter2@example.com/", "http://example.com@127.0.0.1/hunter2"),
        *("http://:hunter2@example.com/", "http://user:hunter2@example.com:22/", "http://user:hunter2@exa mple.com/"),
        *("http://user:hunter2@[::1", "http://user:hunter2@example.com:99999/", "http://hunter2@example.com\\@x/"),
        *("http://a:hunter2%40@example.com/", "ftp://user:hunter2@example.com/", "http://user:hunter2"),
    ],
)
def test_f06_credentials_are_refused_and_never_shown(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        PUBLIC.target_of(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://exa\\mple.com/",
            "http://example.com\\@evil.example/",
            "http:\\\\example.com/",
            "http://exa mple.com/",
        ),
        *("http://example.com/a b", "http://example.com/\n", " http://example.com/", "http://exa\tmple.com/"),
        *("http://example.com/\r\nX: y", "http://exam\x00ple.com/", "http://a.example/\x7f", "http://a.example/\x85"),
        *("http://[::1", "http://", "http://exa%00mple.com/", "http://a..b:80:80/", "http://\ud800.com/", "http://%/"),
        "http://example.com/" + "a" * 8000,
    ],
)
def test_f06_addresses_that_parsers_read_differently_are_refused(url: str) -> None:
    assert reason_for(url) in {FetchReason.URL, FetchReason.SCHEME, FetchReason.PORT}


@pytest.mark.parametrize("port", ["22", "25", "0", "6379", "99999", "abc", "8o", "-1", "443a"])
@pytest.mark.parametrize("host", ["example.com", "[2606:4700::1111]", "1.1.1.1"])
def test_f07_ports_that_are_not_for_web_pages_are_refused(host: str, port: str) -> None:
    assert reason_for(f"http://{host}:{port}/") is FetchReason.PORT


def policy_of(allowed: str = "", origins: str = "", contact: str = "tests@lake.example") -> AddressPolicy:
    return AddressPolicy(Settings(allowed_private_hosts=allowed, origins=origins, contact=contact))


def test_an_allowed_private_host_is_allowed_on_its_port_only() -> None:
    policy = policy_of("127.0.0.1:8765, demo:9000,[::1]:8766")

    assert policy.target_of("http://127.0.0.1:8765/").port == 8765
    assert policy.target_of("http://[::1]:8766/").host == "::1"
    assert policy.permitted("demo", 9000, ["172.18.0.2"]) == ["172.18.0.2"]
    assert policy.permitted("news.example", 8765, ["127.0.0.1"]) == ["127.0.0.1"]  # by the address it resolves to
    assert reason_for("http://127.0.0.1/", policy) is FetchReason.ADDRESS
    assert reason_for("http://127.0.0.2:8765/", policy) is FetchReason.ADDRESS
    assert reason_for("http://localhost:8080/", policy) is FetchReason.ADDRESS
    assert reason_for("http://demo:9001/", policy) is FetchReason.PORT
    assert policy.target_of("http://localhost:8765/").host == "localhost"


def test_an_origin_takes_the_requests_of_its_host_and_counts_as_allowed() -> None:
    policy = policy_of(origins="tass.com=http://127.0.0.1:8765, Globalresearch.ca=http://[::1]:81/,x.org=http://demo")

    target = policy.target_of("https://TASS.com./a?b=c#d")
    assert (target.url, target.host) == ("https://tass.com./a?b=c", "tass.com")
    assert target.request_url == "http://127.0.0.1:8765/a?b=c"
    assert target.host_header == "tass.com."
    assert policy.target_of("http://globalresearch.ca:8080/").request_url == "http://[::1]:81/"
    assert policy.target_of("http://globalresearch.ca:8080/").host_header == "globalresearch.ca:8080"
    assert policy.target_of("https://x.org/").request_url == "http://demo:80/"
    assert policy.permitted("demo", 80, ["10.0.0.9"]) == ["10.0.0.9"]
    assert policy.permitted("127.0.0.1", 8765, ["127.0.0.1"]) == ["127.0.0.1"]
    assert policy.target_of("https://www.tass.com/").host_header is None
    assert reason_for("https://tass.com:22/", policy) is FetchReason.PORT


def test_without_a_contact_only_origins_and_allowed_private_hosts_are_asked() -> None:
    policy = policy_of("demo:9000,10.0.0.5:8765", "tass.com=http://127.0.0.1:8700", contact="")

    assert policy.target_of("https://tass.com/rss/v2.xml").request_url == "http://127.0.0.1:8700/rss/v2.xml"
    assert policy.target_of("http://demo:9000/").host == "demo"
    assert policy.permitted("demo", 9000, ["172.18.0.2"]) == ["172.18.0.2"]
    assert policy.target_of("http://intranet.example:8765/").port == 8765  # where it is, is known once it is resolved
    assert policy.permitted("intranet.example", 8765, ["10.0.0.5"]) == ["10.0.0.5"]
    assert reason_for("http://10.0.0.6/", policy) is FetchReason.ADDRESS  # which no contact would help
    for url in ("https://www.tass.com/", "https://web.archive.org/cdx/search/cdx", "http://93.184.215.14/"):
        with pytest.raises(FetchError, match=r"NEWSLAKE_CONTACT is not set, and [a-z0-9.]+ is a public site"):
            policy.target_of(url)
    with pytest.raises(FetchError, match="NEWSLAKE_CONTACT"):
        policy.permitted("public.example", 443, ["93.184.215.14"])


@pytest.mark.parametrize(
    "entry", ["127.0.0.1", "demo:", "demo:x", "demo:99999", "::1:80", "a b:80", "http://a:80", "a:80/x"]
)
def test_a_malformed_allowed_host_is_a_usage_error_that_names_the_variable(entry: str) -> None:
    with pytest.raises(UsageError, match="NEWSLAKE_ALLOWED_PRIVATE_HOSTS"):
        policy_of(f"127.0.0.1:80,{entry}")


@pytest.mark.parametrize(
    "entry",
    [
        *("tass.com", "tass.com=127.0.0.1:80", "tass.com=https://127.0.0.1:80", "tass.com=http://127.0.0.1:80/path"),
        *("=http://127.0.0.1:80", "tass.com=", "tass.com:80=http://127.0.0.1:80", "tass.com=http://u:p@127.0.0.1:80"),
        *("https://tass.com=http://127.0.0.1:80", "tass.com=http://127.0.0.1:80?x=y", "ta ss=http://127.0.0.1:80"),
    ],
)
def test_a_malformed_origin_is_a_usage_error_that_names_the_variable(entry: str) -> None:
    with pytest.raises(UsageError, match="NEWSLAKE_ORIGINS"):
        policy_of(origins=entry)


@given(st.text())
def test_no_text_gives_anything_but_a_target_or_a_fetch_error(text: str) -> None:
    for url in (text, f"http://{text}", f"https://example.com:{text}/", f"http://example.com/{text}"):
        try:
            target = PUBLIC.target_of(url)
        except FetchError:
            continue
        assert target.url.startswith(("http://", "https://"))
        assert target.url.isascii()
