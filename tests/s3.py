"""An S3 API server for tests: moto over HTTP, in a process of its own, that checks every request's signature.

What it does not prove: that bytes last (it keeps them in memory), what a real store answers when it is overloaded or
half broken, virtual-hosted buckets, TLS, and stores that know only a part of the API.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3

REGION = "us-east-1"
BUCKET = "evidence"
_UNSIGNED = 3  # requests that are taken on trust: those below that make the user
_ALL_OF_S3 = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


@dataclass(frozen=True)
class S3Server:
    """Where it is, and the keys of one user who may do everything in it."""

    endpoint: str
    access_key: str
    secret_key: str


@contextmanager
def serving() -> Iterator[S3Server]:
    """A server with one user and one empty bucket."""
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", "0"],
        env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(_UNSIGNED)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        endpoint = next(match[0] for line in process.stderr if (match := re.search(r"http://127\.0\.0\.1:\d+", line)))
        yield _with_a_user(endpoint)
    finally:
        process.terminate()
        process.stderr.close()
        process.wait()


def _with_a_user(endpoint: str) -> S3Server:
    anybody = {"aws_access_key_id": "anybody", "aws_secret_access_key": "anything"}
    people = boto3.client("iam", endpoint_url=endpoint, region_name=REGION, **anybody)
    people.create_user(UserName="longwen")
    key = people.create_access_key(UserName="longwen")["AccessKey"]
    people.put_user_policy(UserName="longwen", PolicyName="all", PolicyDocument=json.dumps(_ALL_OF_S3))
    server = S3Server(endpoint, key["AccessKeyId"], key["SecretAccessKey"])
    own = {"aws_access_key_id": server.access_key, "aws_secret_access_key": server.secret_key}
    boto3.client("s3", endpoint_url=endpoint, region_name=REGION, **own).create_bucket(Bucket=BUCKET)
    return server
