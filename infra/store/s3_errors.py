"""S3's and boto3's errors for a user: what is wrong, and what to do. Never shows a key, token or password."""

from typing import Final
from urllib.parse import urlsplit

from botocore import exceptions as aws

from infra.base.errors import NewslakeError

AWAY: Final = "Check that the server runs and that AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL is its address."
CREDENTIALS: Final = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
RENEW: Final = "Log in again, or set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN anew."
RIGHTS: Final = (
    "Give these credentials s3:ListBucket on the bucket and s3:GetObject, s3:PutObject and s3:DeleteObject on its "
    "objects, or use others."
)
BUSY: Final = "Run this again later, with fewer workers; nothing was lost."
BUCKET: Final = "Create the bucket, or correct its name in NEWSLAKE_LAKE or --lake."
REGION: Final = "Set AWS_DEFAULT_REGION to the region of the bucket."

# Codes of the S3 API's error answers (Amazon S3 API reference, "Error responses"), and what they mean here.
BY_CODE: Final = {
    "NoSuchBucket": ("there is no such bucket", BUCKET),
    "InvalidBucketName": ("this is no name of a bucket", BUCKET),
    "AccessDenied": ("access denied", RIGHTS),
    "AllAccessDisabled": ("access denied", RIGHTS),
    "InvalidAccessKeyId": ("the server does not know the access key", "Correct AWS_ACCESS_KEY_ID or AWS_PROFILE."),
    "SignatureDoesNotMatch": ("the secret key is wrong", "Correct AWS_SECRET_ACCESS_KEY."),
    "ExpiredToken": ("the session has expired", RENEW),
    "InvalidToken": ("the session token is not valid", RENEW),
    "RequestTimeTooSkewed": ("the clock of this machine is wrong", "Set the clock, best by NTP, then run this again."),
    "SlowDown": ("the server asks to slow down", BUSY),
    "AuthorizationHeaderMalformed": ("the bucket is in another region", REGION),
    "PermanentRedirect": ("the bucket is in another region", REGION),
    "IllegalLocationConstraintException": ("the bucket is in another region", REGION),
}
BY_STATUS: Final = {
    401: ("access denied", RIGHTS),
    403: ("access denied", RIGHTS),
    429: ("the server asks to slow down", BUSY),
    500: ("the server failed", BUSY),
    501: ("the server does not implement this", "Use AWS S3, SeaweedFS 4.48 or newer, or a folder."),
    503: ("the server is too busy", BUSY),
    507: ("the server is out of space", "Free some space, then run this again; nothing was lost."),
}
# Failures before any answer; the first class that fits counts. {server} is host and port.
BY_CLASS: Final[tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, str], ...]] = (
    (aws.NoCredentialsError, "no credentials were found", CREDENTIALS),
    (aws.PartialCredentialsError, "half of the credentials is missing", CREDENTIALS),
    (aws.ProfileNotFound, "AWS_PROFILE names no profile of the AWS configuration", "Correct or remove AWS_PROFILE."),
    ((aws.ConfigParseError, aws.ConfigNotFound), "the AWS configuration cannot be read", "Correct ~/.aws/config."),
    ((aws.SSOError, aws.CredentialRetrievalError, aws.TokenRetrievalError), "no credentials could be fetched", RENEW),
    (aws.SSLError, "{server} did not prove who it is (TLS)", "Correct its certificate, or set AWS_CA_BUNDLE."),
    (aws.ProxyConnectionError, "the proxy does not answer", "Correct HTTPS_PROXY, or list the server in NO_PROXY."),
    (aws.ReadTimeoutError, "{server} fell silent", BUSY),
    ((aws.ConnectTimeoutError, aws.EndpointConnectionError), "{server} cannot be reached", AWAY),
    ((aws.HTTPClientError, aws.IncompleteReadError, aws.FlexibleChecksumError), "the transfer broke off", BUSY),
    (aws.InvalidRegionError, "the region is not valid", "Correct AWS_DEFAULT_REGION."),
    (aws.ParamValidationError, "this is no name of a bucket", BUCKET),
)


def status(error: aws.ClientError) -> int:
    """HTTP status of an error answer; 0 where there is none."""
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def code(error: aws.ClientError) -> str:
    """S3's code of an error answer, such as `NoSuchKey`."""
    return error.response.get("Error", {}).get("Code", "")


def explained(error: Exception, uri: str) -> NewslakeError:
    """The error for a user, from one of boto3, or a ValueError for an endpoint that is no URL."""
    if isinstance(error, aws.ClientError):
        what, remedy = BY_CODE.get(code(error)) or BY_STATUS.get(status(error)) or _unknown(error)
        return NewslakeError(f"{uri}: {what} (S3 said {code(error) or status(error)})", remedy)
    for kinds, what, remedy in BY_CLASS:
        if isinstance(error, kinds):
            return NewslakeError(f"{uri}: {what.format(server=_server(error))}", remedy)
    return NewslakeError(f"{uri}: {error}", AWAY)


def _unknown(error: aws.ClientError) -> tuple[str, str]:
    message = error.response.get("Error", {}).get("Message", "")
    return f"{error.operation_name} failed: {message[:200]}", "Look up the code in your S3 server's documentation."


def _server(error: Exception) -> str:
    """Host and port of the address that an error names, without credentials."""
    address = getattr(error, "kwargs", {}).get("endpoint_url") or ""
    return urlsplit(str(address)).netloc.rpartition("@")[2] or "the S3 server"
