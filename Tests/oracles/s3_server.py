#!/usr/bin/env python3
"""A store that speaks S3, for tests: moto, which keeps, behind a door that checks signatures and misbehaves when told.

    s3_server.py

Prints {"port": …} on one line, then serves until standard input ends. Each line read there is one order as JSON,
answered by one line:

    {"fault": ["503", "stall"]}   the next requests, one each      {"fault": []} none any more
    {"seen": true}                what came since the last time: method, path, status, bytes, port it came from
    {"objects": true}             what another client (boto3) finds: bytes, SHA-256, type, owner's metadata
    {"put": "name"}               another client puts something there      {"age": "name", "days": 2} makes it older
    {"late": 1000}                the store's clock is so many seconds ahead of what signatures may say; 0 checks none

Faults: a status with a code (`403 AccessDenied`), a status alone, `stall` (reads and never answers), `closes` (reads,
then hangs up), `cut request` (hangs up while the body comes), `cut reply` (half of what it has to say), `garbage`,
`circle` (a list whose next page is always the same one).
"""
import contextlib
import datetime
import hashlib
import http.server
import json
import os
import socket
import sys
import threading
import time

import boto3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from moto.s3.models import s3_backends
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.test import create_environ

KEY, SECRET, REGION = "WORKESTRATESTKEY", "sEcRet/of+the=tests", "eu-test-1"
PIECE = 65_536
PAGES = {
    "garbage": b"<html><body>Welcome!</body></html>",
    "circle": (b"<ListBucketResult><IsTruncated>true</IsTruncated>"
               b"<NextContinuationToken>again</NextContinuationToken></ListBucketResult>"),
}


class Line(http.server.BaseHTTPRequestHandler):
    """One connection, which stays open, as those of real stores do."""
    protocol_version = "HTTP/1.1"
    # Whoever says nothing for so long is gone.
    timeout = 60

    def setup(self):
        super().setup()
        self.server.store.lines.add(self.connection)

    def finish(self):
        self.server.store.lines.discard(self.connection)
        super().finish()

    def serve(self):
        self.server.store.answer(self)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = serve

    def reply(self, status: int, headers: list[tuple[str, str]], content: bytes, share: float = 1) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "connection", "date", "server"):
                self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[:int(len(content) * share)])
        if share < 1:
            self.hang_up()

    def hang_up(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_):
        pass


class Lines(http.server.ThreadingHTTPServer):
    request_queue_size = 200

    def handle_error(self, *_):
        """Whoever calls may hang up at any time."""


class Store:
    """`bucket`: made unless it is there; all stores of one process share what moto keeps."""

    def __init__(self, bucket: str | None = None, port: int = 0):
        self.inner = DomainDispatcherApplication(create_backend_app)
        self.lock, self.closing = threading.Lock(), threading.Event()
        self.faults: list[str] = []
        self.seen: list[dict] = []
        self.lines: set[socket.socket] = set()
        self.late = 0
        self.server = Lines(("127.0.0.1", port), Line)
        self.server.store = self
        self.port = self.server.server_address[1]
        self.bucket = bucket or f"files-{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.client = boto3.client(
            "s3", endpoint_url=f"http://127.0.0.1:{self.port}", aws_access_key_id=KEY, aws_secret_access_key=SECRET,
            region_name=REGION, config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}))
        if self.bucket not in {entry["Name"] for entry in self.client.list_buckets()["Buckets"]}:
            self.client.create_bucket(
                Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})

    def settings(self, **more: str) -> dict[str, str]:
        """What the program is told to keep its files here."""
        return {"S3_ENDPOINT": f"http://127.0.0.1:{self.port}", "S3_BUCKET": self.bucket, "S3_REGION": REGION,
                "S3_ACCESS_KEY_ID": KEY, "S3_SECRET_ACCESS_KEY": SECRET} | more

    # What is at the door.

    def answer(self, line: Line) -> None:
        ours = "boto" in line.headers.get("User-Agent", "").lower()
        length = int(line.headers.get("Content-Length") or 0)
        with self.lock:
            fault = self.faults.pop(0) if self.faults and not ours else ""
            # Noted before the answer, or a test could look before it is.
            fact = {"method": line.command, "path": line.path, "status": fault, "bytes": length,
                    "line": line.client_address[1]}
            if not ours:
                self.seen.append(fact)
        if fault == "cut request":
            line.rfile.read(min(PIECE, length // 2))
            line.hang_up()
        else:
            self.whole(line, line.rfile.read(length), fact)

    def whole(self, line: Line, body: bytes, fact: dict) -> None:
        """Answers a request that came whole."""
        fault = fact["status"]
        if fault == "stall":
            self.closing.wait(120)
        if fault in ("stall", "closes"):
            return line.hang_up()
        if fault in PAGES:
            return line.reply(200, [], PAGES[fault])
        if fault and fault != "cut reply":
            status, _, code = fault.partition(" ")
            return line.reply(*no(int(status), code))
        status, headers, content = self.refusal(line, body) or self.kept(line, body)
        fact["status"] = fault or str(status)
        line.reply(status, headers, content, share=0.5 if fault and content else 1)

    def kept(self, line: Line, body: bytes) -> tuple[int, list, bytes]:
        path, _, query = line.path.partition("?")
        environ = create_environ(
            path, f"http://{line.headers['Host']}", query_string=query, method=line.command, data=body,
            headers=[(name, value) for name, value in line.headers.items() if name.lower() != "expect"])
        told = []
        content = b"".join(self.inner(environ, lambda status, headers, *_: told.extend([status, headers])))
        return int(told[0].split()[0]), told[1], content

    def refusal(self, line: Line, body: bytes) -> tuple[int, list, bytes] | None:
        """As a store would refuse; by another implementation of the signature than ours."""
        sent = line.headers.get("Authorization", "")
        parts = dict(part.strip().partition("=")[::2] for part in sent.removeprefix("AWS4-HMAC-SHA256").split(","))
        if not {"Credential", "SignedHeaders", "Signature"} <= parts.keys():
            return no(403, "AccessDenied")
        key, _, region, service, _ = parts["Credential"].split("/")
        if key != KEY:
            return no(403, "InvalidAccessKeyId")
        if (region, service) != (REGION, "s3"):
            return no(400, "AuthorizationHeaderMalformed", f"<Region>{REGION}</Region>")
        stamp = line.headers["x-amz-date"]
        said = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
        if self.late and abs(time.time() + self.late - said.timestamp()) > 900:
            return no(403, "RequestTimeTooSkewed")
        names = parts["SignedHeaders"].split(";")
        if not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(names):
            return no(403, "AccessDenied")
        request = AWSRequest(method=line.command, url=f"http://{line.headers['Host']}{line.path}",
                             headers={name: line.headers.get(name, "") for name in names})
        request.context["timestamp"] = stamp
        signer = S3SigV4Auth(Credentials(KEY, SECRET), "s3", REGION)
        text = signer.string_to_sign(request, signer.canonical_request(request))
        if signer.signature(text, request) != parts["Signature"]:
            return no(403, "SignatureDoesNotMatch")
        digest = line.headers["x-amz-content-sha256"]
        if len(digest) == 64 and digest != hashlib.sha256(body).hexdigest():
            return no(400, "XAmzContentSHA256Mismatch")
        return None

    # What a test asks.

    def order(self, order: dict) -> dict:
        if "fault" in order:
            with self.lock:
                self.faults = list(order["fault"])
        elif "seen" in order:
            with self.lock:
                seen, self.seen = self.seen, []
            return {"seen": seen}
        elif "objects" in order:
            return {"objects": self.objects()}
        elif "put" in order:
            self.client.put_object(Bucket=self.bucket, Key=order["put"], Body=b"another client's")
        elif "age" in order:
            self.age(order["age"], order["days"])
        elif "late" in order:
            self.late = order["late"]
        return {}

    def objects(self) -> dict[str, dict]:
        found = {}
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
            for entry in page.get("Contents", []):
                try:
                    got = self.client.get_object(Bucket=self.bucket, Key=entry["Key"])
                except self.client.exceptions.NoSuchKey:
                    # Gone since it was listed.
                    continue
                content = got["Body"].read()
                found[entry["Key"]] = {
                    "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "type": got["ContentType"],
                    "meta": got["Metadata"]}
        return found

    def age(self, name: str, days: float) -> None:
        [backend] = [account["aws"] for account in s3_backends.values() if self.bucket in account["aws"].buckets]
        backend.buckets[self.bucket].keys[name].last_modified -= datetime.timedelta(days=days)

    def close(self) -> None:
        """Whoever calls afterwards is refused: the store is away."""
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
        for line in list(self.lines):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


def no(status: int, code: str, more: str = "") -> tuple[int, list, bytes]:
    return status, [("Content-Type", "application/xml")], error(code, more)


def error(code: str, more: str = "") -> bytes:
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code>'
            f"<Message>not &amp; {SECRET}</Message>{more}<RequestId>1</RequestId></Error>").encode()


def main() -> None:
    store = Store("files")
    print(json.dumps({"port": store.port}), flush=True)
    try:
        for line in sys.stdin:
            print(json.dumps(store.order(json.loads(line))), flush=True)
    finally:
        # What serves would go on without its orders.
        sys.stderr.flush()
        os._exit(0)


if __name__ == "__main__":
    main()
