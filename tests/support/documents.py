"""An HTTPS server for client metadata documents in the test process, its certificate authority, and a CONNECT proxy."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_SIGNS_CERTIFICATES = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=True,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)

Send = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority that nobody trusts by default, and a certificate for `localhost` and `client.example`."""

    ca_file: Path
    certificate_file: Path


@dataclass
class DocumentServer:
    """A server of documents by path. `requests` are the paths that were asked for, in order."""

    origin: str
    answers: dict[str, Send] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def serve(self, path: str, send: Send) -> str:
        """Answer `path` by `send` from now on, and return the URL."""
        self.answers[path] = send
        return f"{self.origin}{path}"

    def serve_document(self, path: str, document: dict[str, Any], **headers: str) -> str:
        """Answer `path` with a metadata document that names its own URL, unless `document` names another."""
        url = f"{self.origin}{path}"
        return self.serve(path, answer(json.dumps({"client_id": url, **document}).encode(), headers=headers))


def answer(
    body: bytes, status: int = 200, content_type: str = "application/json", headers: Mapping[str, str] = {}
) -> Send:
    """Return an answer with `body`; underscores in the names of `headers` stand for hyphens."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return send


def make_authority(directory: Path) -> Authority:
    """Return a new authority, whose files stand in `directory`."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test authority")])
    ca = _certificate(ca_name, ca_name, ca_key.public_key(), ca_key, x509.BasicConstraints(ca=True, path_length=0))
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.DNSName("client.example"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    )
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    certificate = _certificate(subject, ca_name, key.public_key(), ca_key, names)
    ca_file, certificate_file = directory / "ca.pem", directory / "certificate.pem"
    ca_file.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate_file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return Authority(ca_file, certificate_file)


@contextmanager
def running_document_server(authority: Authority) -> Iterator[DocumentServer]:
    """Yield a server that is up; it is down afterwards."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.certificate_file)
    documents = DocumentServer("")

    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            # The handshake belongs to the thread of the connection, so that a slow one holds up nobody else.
            self.request = context.wrap_socket(self.request, server_side=True)
            super().setup()

        def do_GET(self) -> None:
            documents.requests.append(self.path)
            documents.answers.get(self.path, answer(b"{}", 404))(self)

        def finish(self) -> None:
            super().finish()
            self.request.close()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *args: object) -> None:
            """Say nothing of clients that hang up, which some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    documents.origin = f"https://localhost:{server.server_port}"
    with _serving(server):
        yield documents


@contextmanager
def running_proxy(target_port: int) -> Iterator[tuple[str, list[str]]]:
    """Yield the address of a CONNECT proxy that leads every host to `target_port` here, and the hosts asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            asked.append(self.path)
            with socket.create_connection(("127.0.0.1", target_port)) as upstream:
                self.send_response(200)
                self.end_headers()
                back = threading.Thread(target=_pump, args=(upstream, self.connection))
                back.start()
                _pump(self.connection, upstream)
                back.join()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with _serving(server):
        yield f"http://127.0.0.1:{server.server_port}", asked


@contextmanager
def dripping_listener() -> Iterator[str]:
    """Yield the origin of a listener that takes for ever to shake hands: one byte of TLS at a time."""
    stopped = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection:
            try:
                connection.sendall(b"\x16\x03\x03\x40\x00\x02")
                while not stopped.wait(0.05):
                    connection.sendall(b"\x00")
            except OSError:
                return

    def accept(listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        drip(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, args=(listener,))
        thread.start()
        try:
            yield f"https://localhost:{listener.getsockname()[1]}"
        finally:
            stopped.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@contextmanager
def _serving(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    signing_key: ec.EllipticCurvePrivateKey,
    extension: x509.BasicConstraints | x509.SubjectAlternativeName,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
    )
    if isinstance(extension, x509.BasicConstraints):
        # Strict verifiers want an authority to say that it signs certificates (RFC 5280 §4.2.1.3).
        builder = builder.add_extension(_SIGNS_CERTIFICATES, critical=True)
    return builder.sign(signing_key, hashes.SHA256())
