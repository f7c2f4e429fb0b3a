"""What is peculiar to S3: servers that misbehave, answers that get lost, credentials that are missing."""

import threading
from collections.abc import Mapping
from itertools import chain, repeat

import pytest
from botocore import exceptions as aws

from infra.base.errors import NewslakeError
from infra.store import s3_errors, s3_store
from infra.store.object_store import ConflictError, ObjectStore, Stored
from infra.store.open_store import open_store
from infra.store.s3_store import S3Store
from tests.servers import BUCKET, Answer, S3Server, free_ports, scripted_server

LISTING = b'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated>%s</ListBucketResult>'
SECRETS = ("AKIA-ACCESS-KEY", "very-secret-key", "session-token")


def error_answer(status: int, code: str) -> Answer:
    return Answer(status, f"<Error><Code>{code}</Code><Message>About {code}.</Message></Error>".encode())


@pytest.fixture
def store(moto_lake: str) -> ObjectStore:
    return open_store(moto_lake)


def use(environment: pytest.MonkeyPatch, server: S3Server, attempts: int = 1) -> S3Store:
    """A store on a server, with credentials that must never be shown."""
    for name, value in zip(("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"), SECRETS, strict=True):
        environment.setenv(f"AWS_{name}", value)
    environment.setenv("AWS_ENDPOINT_URL_S3", server.endpoint)
    environment.setenv("AWS_MAX_ATTEMPTS", str(attempts))
    return S3Store(BUCKET, "lake")


@pytest.mark.parametrize(("status", "code"), [(404, "NoSuchKey"), (409, "ConditionalRequestConflict"), (412, "X")])
def test_l05_refused_conditions_are_conflicts(aws_environment: pytest.MonkeyPatch, status: int, code: str) -> None:
    with scripted_server(lambda *_: error_answer(status, code)) as server:
        store = use(aws_environment, server)
        with pytest.raises(ConflictError, match=f"s3://news/lake/a: {code}"):
            store.put("a", b"1", if_match='"etag"')


def test_body_that_breaks_off_is_read_again_and_an_error_if_it_always_does(aws_environment: pytest.MonkeyPatch) -> None:
    broken = Answer(200, b"01", {"ETag": '"1"', "Content-Length": "4"})
    answers = chain([broken, broken, Answer(200, b"0123", {"ETag": '"1"'})], repeat(broken))
    with scripted_server(lambda *_: next(answers)) as server:
        store = use(aws_environment, server)
        assert store.get("a") == Stored(b"0123", '"1"')
        with pytest.raises(NewslakeError, match=r"s3://news/lake: the transfer broke off"):
            store.get("a")


class Server:
    """An S3 server that keeps objects and looks only at the conditions that it is told to."""

    def __init__(self, *honoured: str) -> None:
        self.honoured = honoured
        self.objects: dict[str, bytes] = {}

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        present = self.objects.get(path)
        if method == "PUT":
            asked = {name: headers[name] for name in self.honoured if name in headers}
            if ("If-None-Match" in asked and present is not None) or (
                "If-Match" in asked and (present is None or asked["If-Match"] != f'"{present.decode()}"')
            ):
                return error_answer(412, "PreconditionFailed")
            self.objects[path] = body
            return Answer(200, headers={"ETag": f'"{body.decode()}"'})
        if method == "DELETE":
            self.objects.pop(path, None)
            return Answer(204)
        return Answer(200, LISTING % b"")


@pytest.mark.parametrize(
    ("honoured", "ignored"),
    [((), r"If-None-Match: \*"), (("If-None-Match",), "If-Match"), (("If-Match",), r"If-None-Match: \*")],
)
def test_l03_no_conditions_no_lake(
    aws_environment: pytest.MonkeyPatch, honoured: tuple[str, ...], ignored: str
) -> None:
    fake = Server(*honoured)
    with scripted_server(fake.answer) as server:
        store = use(aws_environment, server)
        with pytest.raises(
            NewslakeError, match=rf"s3://news/lake \(Scripted\) ignored {ignored} .* SeaweedFS"
        ) as caught:
            store.check()
    assert fake.objects == {}
    assert not any(secret in str(caught.value) for secret in SECRETS)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        *((403, "AccessDenied"), (403, "SignatureDoesNotMatch"), (400, "ExpiredToken"), (404, "NoSuchBucket")),
        *((503, "SlowDown"), (500, "InternalError"), (507, "XMinioStorageFull"), (429, "TooManyRequests")),
    ],
)
def test_l05_error_answer_is_told_with_its_remedy(aws_environment: pytest.MonkeyPatch, status: int, code: str) -> None:
    what, remedy = s3_errors.BY_CODE.get(code) or s3_errors.BY_STATUS[status]
    with scripted_server(lambda *_: error_answer(status, code)) as server:
        store = use(aws_environment, server)
        for call in (
            lambda: store.get("a"),
            lambda: store.get_range("a", 0, 1),
            lambda: store.put("a", b"1", if_match=None),
            lambda: list(store.list()),
            lambda: store.delete("a"),
            store.check,
        ):
            with pytest.raises(NewslakeError) as caught:
                call()
            assert str(caught.value) == f"s3://news/lake: {what} (S3 said {code}). {remedy}"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "no credentials were found. Set AWS_ACCESS_KEY_ID"),
        ({"AWS_ACCESS_KEY_ID": SECRETS[0]}, "half of the credentials is missing. Set AWS_ACCESS_KEY_ID"),
        ({"AWS_PROFILE": "absent"}, "AWS_PROFILE names no profile of the AWS configuration. Correct or remove"),
        ({"AWS_ENDPOINT_URL_S3": "no url"}, "Invalid endpoint: no url. Check that"),
        ({"AWS_DEFAULT_REGION": "not a region"}, "the region is not valid. Correct AWS_DEFAULT_REGION"),
    ],
)
def test_l05_wrong_variables_are_named(
    aws_environment: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    for name, value in variables.items():
        aws_environment.setenv(name, value)

    with pytest.raises(NewslakeError, match=expected) as caught:
        open_store("s3://news/lake").check()
    assert SECRETS[0] not in str(caught.value)


def test_l05_server_that_cannot_be_reached_is_named(aws_environment: pytest.MonkeyPatch) -> None:
    address = f"127.0.0.1:{free_ports(1)[0]}"
    store = use(aws_environment, S3Server(f"http://user:password@{address}"))

    with pytest.raises(NewslakeError, match=f"s3://news/lake: {address} cannot be reached. .*AWS_ENDPOINT_URL"):
        store.check()


def test_l05_server_that_falls_silent_is_named(aws_environment: pytest.MonkeyPatch) -> None:
    aws_environment.setattr(s3_store, "READ_SECONDS", 0.2)
    silence = threading.Event()

    def wait(*_: object) -> Answer:
        silence.wait(30)
        return Answer(204)

    with scripted_server(wait) as server:
        store = use(aws_environment, server)
        try:
            with pytest.raises(NewslakeError, match=r"127\.0\.0\.1:\d+ fell silent"):
                store.delete("a")
        finally:
            silence.set()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            aws.SSLError(endpoint_url="https://s3.example/x", error=ValueError("bad")),
            "s3.example did not prove who it is",
        ),
        (aws.ProxyConnectionError(proxy_url="http://u:very-secret-key@proxy", error="x"), "the proxy does not answer"),
        (aws.UnauthorizedSSOTokenError(), "no credentials could be fetched. Log in again"),
        (aws.ConfigParseError(path="/x"), "the AWS configuration cannot be read"),
        (aws.UnknownKeyError(value="x", param="y", choices="z"), "Unknown key 'x'"),
    ],
)
def test_l05_failure_before_any_answer_is_told(error: Exception, expected: str) -> None:
    told = str(s3_errors.explained(error, "s3://news/lake"))

    assert told.startswith(f"s3://news/lake: {expected}")
    assert not any(secret in told for secret in SECRETS)


def test_listing_reads_all_pages(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "2")
    for number in range(5):
        store.put(f"a/{number}", b"", if_match=None)

    assert [info.key for info in store.list()] == [f"a/{number}" for number in range(5)]
