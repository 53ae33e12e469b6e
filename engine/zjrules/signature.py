"""Ed25519 signatures of certificates: keys in PEM, and a signature that stands beside a certificate's digest.

What is signed is three short lines (what this is, the SHA-256 digest of the body, the time), not the body: the checker
works the digest out again anyway, so nothing is lost, the time is covered though it stands outside the digest, and the
lines can be written down and held against the signature by any other program, OpenSSL for one. RFC 8032.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any

from attrs import frozen
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from zjrules.diag import Code, Diagnostic, Diagnostics, Label
from zjrules.span import Source, Span

REFUSED = Code("ZJ6070", "signature-refused")
OTHER_KEY = Code("ZJ6071", "signed-by-another-key")
NOT_A_KEY = Code("ZJ6074", "not-a-signing-key")
WRONG_PASSPHRASE = Code("ZJ6075", "passphrase-wrong")

ALGORITHM = "Ed25519"
LONGEST = 1000
"""Bytes of a passphrase; OpenSSL takes no more than 1023."""
_HEAD = "zjrules.signature/1"
_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----")
_KINDS = {"CERTIFICATE": "数字证书", "CERTIFICATE REQUEST": "证书申请", "OPENSSH PRIVATE KEY": "OpenSSH 的私钥",
          "RSA PRIVATE KEY": "RSA 私钥", "EC PRIVATE KEY": "椭圆曲线私钥"}  # fmt: skip
_MAKE = "用 zjrules key 私钥.pem 公钥.pem 做一对"
_FIELDS = {"算法": re.escape(ALGORITHM), "公钥": "[0-9a-f]{64}", "值": "[0-9a-f]{128}", "时间": r"[0-9T:+-]{19,25}"}


@frozen
class Seal:
    """A signature that holds: the key that it was made with, and the time that the signer's computer had."""

    key: Ed25519PublicKey
    time: str


# ---------- keys ----------


def new_key() -> Ed25519PrivateKey:
    """Return a new private key from the system's own randomness."""
    return Ed25519PrivateKey.generate()


def private_pem(key: Ed25519PrivateKey, passphrase: str | None) -> bytes:
    """Return a private key as PEM (PKCS #8), encrypted where there is a passphrase."""
    how = BestAvailableEncryption(_bytes(passphrase)) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def public_pem(key: Ed25519PublicKey) -> bytes:
    """Return a public key as PEM (SubjectPublicKeyInfo)."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return the SHA-256 of a public key (its SubjectPublicKeyInfo in DER) in groups of four, to be read out."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return " ".join(re.findall("....", hashlib.sha256(der).hexdigest()))


def is_locked(data: bytes) -> bool:
    """Return whether a private key asks for a passphrase."""
    return b"-----BEGIN ENCRYPTED PRIVATE KEY-----" in data or b"Proc-Type: 4,ENCRYPTED" in data


def is_private(data: bytes) -> bool:
    """Return whether a PEM file holds a private key of any kind."""
    return b"PRIVATE KEY-----" in data


def private_key(data: bytes, name: str, passphrase: str | None) -> tuple[Ed25519PrivateKey | None, Diagnostics]:
    """Read a private key that signs; passphrase None where it has none."""
    kind = _kind(data)
    if kind == "PUBLIC KEY":
        return None, (_not(name, "是公钥，签名要用私钥", "给做钥匙时的另一个文件"),)
    if kind not in ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"):
        return None, (_another(name, kind),)
    try:
        key = load_pem_private_key(data, None if passphrase is None else _bytes(passphrase))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        if is_locked(data):
            help_ = "再输一次，注意大小写和中英文；口令忘了就不能再用这把私钥，另做一对"
            return None, (
                Diagnostic(WRONG_PASSPHRASE, f"打不开私钥「{name}」：口令不对，或文件坏了", _here(name), help_),
            )
        return None, (_not(name, "里的私钥读不出来，文件坏了", f"换一份备份；没有就{_MAKE}"),)
    if not isinstance(key, Ed25519PrivateKey):
        return None, (_not(name, f"是别的算法的私钥，签名要用 {ALGORITHM} 的", _MAKE),)
    return key, ()


def public_key(data: bytes, name: str) -> tuple[Ed25519PublicKey | None, Diagnostics]:
    """Read a public key that signatures are held against."""
    if is_private(data):
        return None, (_not(name, "是私钥，核对要用公钥", "私钥只留在签的人手里；向他要公钥文件"),)
    kind = _kind(data)
    if kind != "PUBLIC KEY":
        return None, (_another(name, kind),)
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        return None, (_not(name, "里的公钥读不出来，文件坏了", "再要一份公钥文件"),)
    if not isinstance(key, Ed25519PublicKey):
        return None, (_not(name, f"是别的算法的公钥，签名用的是 {ALGORITHM}", "向签的人要 zjrules key 写出的公钥文件"),)
    return key, ()


def _bytes(passphrase: str) -> bytes:
    return passphrase.encode(errors="surrogateescape")


def _kind(data: bytes) -> str:
    """Return what a PEM file says that it holds, '' where it is none."""
    found = _BEGIN.search(data)
    return found[1].decode("ascii") if found is not None else ""


def _another(name: str, kind: str) -> Diagnostic:
    what = f"是{_KINDS.get(kind, f'「{kind}」')}" if kind else "不是 PEM 格式的密钥文件"
    return _not(name, f"{what}，不是 {ALGORITHM} 密钥", _MAKE)


def _not(name: str, what: str, help_: str) -> Diagnostic:
    return Diagnostic(NOT_A_KEY, f"「{name}」{what}", _here(name), help_)


def _here(name: str) -> tuple[Label, ...]:
    return (Label(Span(Source(name, ""), 0, 0)),)


# ---------- signatures ----------


def message(sha256: str, time: str) -> bytes:
    """Return what is signed for a digest: three lines of ASCII, each with its line end."""
    return f"{_HEAD}\n{sha256}\n{time}\n".encode("ascii")


def signed(key: Ed25519PrivateKey, sha256: str, time: str) -> dict[str, str]:
    """Return the signature of a digest as a certificate carries it; time is ISO 8601 with its offset."""
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    value = key.sign(message(sha256, time))
    return {"算法": ALGORITHM, "公钥": public.hex(), "时间": time, "值": value.hex()}


def checked(entry: Any, sha256: str, name: str) -> tuple[Seal | None, Diagnostics]:
    """Hold the signature of a certificate against its digest, which must have been worked out from the body."""
    why = _malformed(entry)
    if not why:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(entry["公钥"]))
        try:
            key.verify(bytes.fromhex(entry["值"]), message(sha256, entry["时间"]))
        except InvalidSignature:
            why = "签的不是这一份凭证，或签名、时间、公钥被改过"
        else:
            return Seal(key, entry["时间"]), ()
    help_ = "不要采用这个签名；请出凭证的单位重新签一份"
    return None, (Diagnostic(REFUSED, f"「{name}」的签名不成立：{why}", _here(name), help_),)


def _malformed(entry: Any) -> str:
    if not isinstance(entry, dict) or set(entry) != set(_FIELDS):
        return "签名要有 算法、公钥、时间、值 四项"
    for field, pattern in _FIELDS.items():
        if not isinstance(entry[field], str) or not re.fullmatch(pattern, entry[field], re.ASCII):
            return f"「{field}」写得不对"
    try:
        whole = datetime.fromisoformat(entry["时间"]).tzinfo is not None
    except ValueError:
        whole = False
    return "" if whole else "「时间」写得不对"


def by(seal: Seal, key: Ed25519PublicKey, name: str) -> Diagnostics:
    """Say so where a signature was made with another key than the one at hand."""
    if fingerprint(seal.key) == fingerprint(key):
        return ()
    message_ = f"凭证不是用「{name}」的私钥签的：签的公钥指纹是 {fingerprint(seal.key)}，这把是 {fingerprint(key)}"
    return (Diagnostic(OTHER_KEY, message_, _here(name), "向签的单位核实公钥；核实不了的，不要采用这个签名"),)
