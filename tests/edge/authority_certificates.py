"""Certificates of timestamping authorities, made once: a root, and what it has certified."""

from __future__ import annotations

import atexit
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

BEGIN = datetime(2020, 1, 1, 0, 0, 0, 345_678, tzinfo=UTC)
END = BEGIN.replace(year=2049)
_TIME_STAMPING = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])


@dataclass(frozen=True)
class SigningPair:
    """The files of a certificate and its key in PEM, and the key."""

    certificate: Path
    key: Path
    private_key: EllipticCurvePrivateKey


class AuthorityCertificates:
    """What a timestamping authority has: a root, and certificates to sign timestamps with."""

    def __init__(self, name: str) -> None:
        self._name = name
        directory = TemporaryDirectory(prefix="authority-")
        atexit.register(directory.cleanup)
        self._folder = Path(directory.name)
        self._root_key = ec.generate_private_key(ec.SECP256R1())
        self.root = self._folder / "root.pem"
        certificate = self._build("Root", self._root_key, until=END, is_root=True)
        self.root.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    @cached_property
    def valid(self) -> SigningPair:
        return self._certify("TSA", END)

    @cached_property
    def expired(self) -> SigningPair:
        """One that was valid for a year only, at the beginning."""
        return self._certify("Earlier TSA", BEGIN.replace(year=2021))

    @cached_property
    def forged(self) -> Path:
        """One by a stranger, in a name of their choice, with the issuer and the number of the valid one."""
        valid = x509.load_pem_x509_certificate(self.valid.certificate.read_bytes())
        key, file = ec.generate_private_key(ec.SECP256R1()), self._folder / "forged.pem"
        builder = self._begin("A Much More Trusted TSA", key, until=END, serial_number=valid.serial_number)
        forged = builder.add_extension(_TIME_STAMPING, critical=True).sign(key, hashes.SHA256())
        file.write_bytes(forged.public_bytes(serialization.Encoding.PEM))
        return file

    def _certify(self, name: str, until: datetime) -> SigningPair:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._build(name, key, until=until)
        pair = SigningPair(self._folder / f"{name}.pem", self._folder / f"{name}.key", key)
        pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        pair.key.write_bytes(private)
        return pair

    def _build(
        self, name: str, key: EllipticCurvePrivateKey, *, until: datetime, is_root: bool = False
    ) -> x509.Certificate:
        builder = self._begin(name, key, until=until, is_root=is_root)
        if not is_root:
            builder = builder.add_extension(_TIME_STAMPING, critical=True)
        return builder.sign(self._root_key, hashes.SHA256())

    def _begin(
        self,
        name: str,
        key: EllipticCurvePrivateKey,
        *,
        until: datetime,
        is_root: bool = False,
        serial_number: int | None = None,
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(self._name_of(name))
            .issuer_name(self._name_of("Root"))
            .public_key(key.public_key())
            .serial_number(serial_number or x509.random_serial_number())
            .not_valid_before(BEGIN)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        )

    def _name_of(self, name: str) -> x509.Name:
        organization = x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, self._name)
        return x509.Name([organization, x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
