"""Certificates for TLS servers of tests, made by openssl: one that is good, and the ways not to be.

good: of the authority, for localhost and 127.0.0.1 · self-signed: of nobody · stranger: of an authority that nobody
trusts · expired: until yesterday · elsewhere: for another host · old: good, but nothing newer than TLS 1.1 is spoken
"""
import atexit
import pathlib
import shutil
import ssl
import subprocess
import tempfile

KINDS = ("good", "self-signed", "stranger", "expired", "elsewhere", "old")


class Authority:
    """Signs certificates; `file` is what trusts it."""

    def __init__(self, folder: pathlib.Path, name: str):
        self.folder, self.name, self.file, self.key = folder, name, folder / f"{name}.pem", folder / f"{name}.key"
        openssl("req", "-x509", *NEW_KEY, "-days", "2", "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.file)

    def sign(self, *, host: str = "localhost", days: int = 2) -> tuple[pathlib.Path, pathlib.Path]:
        """A key and a chain for the host, until so many days from now."""
        key, chain, names = self.folder / "leaf.key", self.folder / "leaf.pem", self.folder / "names"
        request = self.folder / "request"
        names.write_text(f"subjectAltName=DNS:{host}" + (",IP:127.0.0.1" if host == "localhost" else ""))
        openssl("req", *NEW_KEY, "-subj", f"/CN={host}", "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.key, "-CAcreateserial", "-days", days,
                "-extfile", names, "-out", chain)
        return key, chain


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def openssl(*arguments) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def server(kind: str, place: str | None = None) -> tuple[ssl.SSLContext, str]:
    """What a server of that kind presents, and the file of the one authority its clients trust.

    `place`: a folder that somebody else removes; without it one is made that goes with this process.
    """
    assert kind in KINDS, kind
    folder = pathlib.Path(place or tempfile.mkdtemp(prefix="workestra-tls-"))
    if place is None:
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    trusted = Authority(folder, "trusted")
    if kind == "self-signed":
        key, chain = folder / "own.key", folder / "own.pem"
        openssl("req", "-x509", *NEW_KEY, "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", chain)
    else:
        signer = Authority(folder, "stranger") if kind == "stranger" else trusted
        key, chain = signer.sign(host="elsewhere.example" if kind == "elsewhere" else "localhost",
                                 days=-1 if kind == "expired" else 2)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    if kind == "old":
        speak_old(context, ssl.TLSVersion.TLSv1_1)
    return context, str(trusted.file)


def speak_old(context: ssl.SSLContext, newest: ssl.TLSVersion | None = None) -> None:
    """Down to TLS 1.0, which openssl only speaks without its level of security."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    if newest:
        context.maximum_version = newest
