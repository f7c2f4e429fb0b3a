"""Certificates for TLS servers of tests: an authority of our own, and what it signs."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Authority:
    """Signs certificates; its own is in the file `path`."""

    path: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def create(cls, folder: Path) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("authority of a test")
        certificate = _builder(name, name, key, days=1).add_extension(x509.BasicConstraints(True, None), True)
        # OpenSSL 3 with VERIFY_X509_STRICT (Python 3.13) wants these two.
        certificate = certificate.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        certificate = certificate.add_extension(
            x509.KeyUsage(False, False, False, False, False, True, True, False, False), True
        )
        signed = certificate.sign(key, hashes.SHA256())
        path = folder / "authority.pem"
        path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        return cls(path, key, signed)

    def server(self, host: str, days: int = 1) -> ssl.SSLContext:
        """For a server whose certificate names `host` and is valid for `days`; negative: expired by then."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_name(host), self.certificate.subject, key, days)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        signed = builder.add_extension(issuer, False).sign(self.key, hashes.SHA256())
        path = self.path.with_name(f"{host}{days}.pem")
        plain = serialization.NoEncryption()
        form = serialization.PrivateFormat.PKCS8
        path.write_bytes(
            signed.public_bytes(serialization.Encoding.PEM) + key.private_bytes(serialization.Encoding.PEM, form, plain)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    end = datetime.now(UTC) + timedelta(days=days)
    return x509.CertificateBuilder(
        issuer, subject, key.public_key(), x509.random_serial_number(), end - timedelta(days=30), end
    )
