"""A certificate authority of the sandbox's own, and the certificate that it gives the sandbox. Trusted by nobody unasked."""

from __future__ import annotations

import os
import secrets
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

NAMES = ("localhost",)
VALID_FOR = timedelta(days=3_650)  # what it vouches for is on this machine alone, and its key is never kept
LEAF_FOR = timedelta(days=397)  # what clients take at most
RENEW_BEFORE = timedelta(days=30)


def make_authority(folder: Path, names: tuple[str, ...] = NAMES) -> tuple[Path, Path]:
    """(The authority's certificate, a file with a server's key and certificate for 127.0.0.1 and ``names``).

    The authority's key is forgotten at once: it vouches for nothing else, ever.
    """
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    # A name of its own: of two authorities with one name, who trusts both may try the wrong one, and refuse.
    authority_name = f"Relance sandbox authority {secrets.token_hex(8)}"
    root = (
        _builder(authority_name, authority_name, root_key, VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    alternatives: list[x509.GeneralName] = [x509.IPAddress(ip_address("127.0.0.1")), *map(x509.DNSName, names)]
    leaf = (
        _builder("Relance sandbox", authority_name, key, LEAF_FOR)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    authority, server = folder / "authority.pem", folder / "server.pem"
    folder.mkdir(parents=True, exist_ok=True)
    authority.write_bytes(root.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor = os.open(server, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private + leaf.public_bytes(Encoding.PEM))
    return authority, server


def kept_authority(folder: Path) -> tuple[Path, Path]:
    """Those of an earlier start, or new ones where there are none or they are about to end."""
    authority, server = folder / "authority.pem", folder / "server.pem"
    try:
        leaf = x509.load_pem_x509_certificates(server.read_bytes())[0]
        if authority.exists() and leaf.not_valid_after_utc - RENEW_BEFORE > datetime.now(UTC):
            return authority, server
    except (OSError, ValueError):
        pass  # none, or a file that a crash left unfinished
    return make_authority(folder)


def server_context(server: Path, *protocols: str) -> ssl.SSLContext:
    """TLS of a server that offers these protocols (``h2``, ``http/1.1``)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)
    context.set_alpn_protocols(list(protocols))
    return context


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, valid_for: timedelta) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + valid_for)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
