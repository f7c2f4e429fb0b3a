"""infra/deployment/s3-policy.json on a real S3 server: what a worker needs is allowed, nothing under raw/ goes away."""

import uuid
from pathlib import Path
from typing import Any, Final

import boto3
import pytest
from botocore.exceptions import ClientError
from mypy_boto3_s3.client import S3Client

from flows.cli import run as run_cli
from infra.store.open_store import open_store
from tests import sample_pages as pages
from tests.servers import BUCKET, S3Server, wait_for

POLICY: Final = (Path(__file__).parents[2] / "infra/deployment/s3-policy.json").read_text("utf-8")
KNOWN_SECONDS: Final = 30.0  # until the server knows a policy that it has just been given


@pytest.fixture
def lake(seaweedfs: S3Server, aws_environment: pytest.MonkeyPatch) -> str:
    """An empty lake, and credentials of a user who may do what the policy says of it."""
    prefix, user = f"lake-{uuid.uuid4().hex}", f"worker-{uuid.uuid4().hex}"
    admin = client("iam", seaweedfs, seaweedfs.access_key, seaweedfs.secret_key)
    admin.create_user(UserName=user)
    key = admin.create_access_key(UserName=user)["AccessKey"]
    text = POLICY.replace(":::newslake", f":::{BUCKET}").replace("lake/", f"{prefix}/")
    arn = admin.create_policy(PolicyName=user, PolicyDocument=text)["Policy"]["Arn"]
    admin.attach_user_policy(UserName=user, PolicyArn=arn)
    admin.close()
    aws_environment.setenv("AWS_ENDPOINT_URL_S3", seaweedfs.endpoint)
    aws_environment.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    aws_environment.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    worker = client("s3", seaweedfs, key["AccessKeyId"], key["SecretAccessKey"])

    def may_list() -> bool:
        try:
            worker.list_objects_v2(Bucket=BUCKET, Prefix=f"{prefix}/")
        except ClientError:
            return False
        return True

    wait_for("the policy", KNOWN_SECONDS, may_list)
    worker.close()
    return f"s3://{BUCKET}/{prefix}"


def client(service: str, server: S3Server, key: str, secret: str) -> Any:
    of_any: Any = boto3.client  # the stubs know S3 alone
    return of_any(
        service,
        endpoint_url=server.endpoint,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
    )


def worker_of(lake: str) -> tuple[S3Client, str]:
    """The worker's own client, and the prefix of the lake."""
    # By the environment, as workers have it; `boto3.client` would have the credentials that it found first.
    made: S3Client = boto3.Session().client("s3", region_name="us-east-1")
    return made, lake.removeprefix(f"s3://{BUCKET}/")


def refused(act: Any, **arguments: Any) -> bool:
    try:
        act(Bucket=BUCKET, **arguments)
    except ClientError as error:
        return error.response["Error"]["Code"] == "AccessDenied"
    return False


def test_a_worker_does_all_its_work_within_the_policy(lake: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(pages.page(1))
    assert run_cli(["ingest", str(tmp_path / "page.html"), "--lake", lake]) == 0
    assert run_cli(["reparse", "--lake", lake]) == 0
    assert run_cli(["verify", "--lake", lake]) == 0
    open_store(lake).check()


def test_a_worker_can_delete_nothing_but_probes_and_staged_pages(lake: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(pages.page(1))
    assert run_cli(["ingest", str(tmp_path / "page.html"), "--lake", lake]) == 0
    worker, prefix = worker_of(lake)
    keys = [each["Key"] for each in worker.list_objects_v2(Bucket=BUCKET, Prefix=f"{prefix}/")["Contents"]]
    assert {key.split("/")[1] for key in keys} >= {"raw", "articles"}
    assert [key for key in keys if not refused(worker.delete_object, Key=key)] == []
    at_once = worker.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in keys]})
    assert {error["Key"] for error in at_once["Errors"]} == set(keys)
    assert run_cli(["verify", "--lake", lake]) == 0
    for key in (f"{prefix}/staging/a", f"{prefix}/_probe-a", f"{prefix}/_catalog/changing/a"):
        worker.put_object(Bucket=BUCKET, Key=key, Body=b"")
        worker.delete_object(Bucket=BUCKET, Key=key)
    worker.close()


def test_a_worker_reaches_nothing_beside_its_lake(lake: str) -> None:
    worker, _ = worker_of(lake)
    assert refused(worker.put_object, Key="other/a", Body=b"")
    assert refused(worker.get_object, Key="other/a")
    assert refused(worker.list_objects_v2)
    assert refused(worker.delete_bucket)
    worker.close()
