"""Signed certificates: who signed is told, what was changed is refused, and every wrong key has its words."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from test_certificate import FULL, REAL, ROOT, made
from zjrules import signature, verifier
from zjrules.certificate import document
from zjrules.cli import check, key, signing, verify

TIME = "2026-05-28T10:00:00+08:00"


def run(command: Any, *args: object, text: str | None = None) -> Result:
    return CliRunner().invoke(command, [str(a) for a in args], input=text, standalone_mode=False)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    private, public = tmp_path / "私钥.pem", tmp_path / "公钥.pem"
    assert run(key.command, private, public).return_value == 0
    return private, public


@pytest.fixture
def certificate(tmp_path: Path, pair: tuple[Path, Path]) -> Path:
    path = tmp_path / "凭证.json"
    result = run(check.command, FULL, "--brief", "--certificate", path, "--sign", pair[0])
    assert result.return_value == 0, result.output
    return path


def _changed(path: Path, **changes: str) -> None:
    doc = json.loads(path.read_bytes())
    doc["签名"] |= changes
    path.write_bytes(document.text(doc))


# ---------- a signature that holds ----------


def test_whose_signature_it_is(certificate: Path, pair: tuple[Path, Path]) -> None:
    own = run(key.command, pair[1], "--fingerprint").output.strip()
    assert own == run(key.command, pair[0], "--fingerprint").output.strip()
    alone = run(verify.command, certificate)
    assert alone.return_value == 0
    assert own in alone.output.splitlines()
    assert "没有核对这把公钥是谁的" in alone.output
    known = run(verify.command, certificate, "--key", pair[1], "--facts", FULL)
    assert known.return_value == 0
    assert f"与「{pair[1]}」是同一把钥匙" in known.output
    assert "没有核对这把" not in known.output


def test_the_signature_stands_beside_what_is_digested(certificate: Path, tmp_path: Path) -> None:
    plain = tmp_path / "二.json"
    run(check.command, FULL, "--brief", "--certificate", plain)
    doc, bare = json.loads(certificate.read_bytes()), json.loads(plain.read_bytes())
    assert {k: v for k, v in doc.items() if k != "签名"} == bare
    schema = json.loads((ROOT / "engine/zjrules/schema/certificate.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(doc)
    copy = tmp_path / "verifier.py"
    copy.write_bytes(Path(verifier.__file__).read_bytes())
    alone = subprocess.run([sys.executable, "-I", copy, certificate], capture_output=True, text=True, check=False)
    assert alone.returncode == 0, alone.stdout


@pytest.mark.slow  # not for its time: it needs a program that a work tree may lack
def test_another_program_can_check_it(certificate: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    """The three lines of the schema, written down by hand, against OpenSSL."""
    openssl = shutil.which("openssl")
    assert openssl, "openssl is needed here"
    doc = json.loads(certificate.read_bytes())
    text, value = tmp_path / "签的", tmp_path / "值"
    text.write_bytes(f"zjrules.signature/1\n{doc['摘要']['sha256']}\n{doc['签名']['时间']}\n".encode())
    value.write_bytes(bytes.fromhex(doc["签名"]["值"]))
    args: list[Any] = [
        openssl,
        "pkeyutl",
        "-verify",
        "-rawin",
        "-pubin",
        "-inkey",
        pair[1],
        "-in",
        text,
        "-sigfile",
        value,
    ]
    assert subprocess.run(args, capture_output=True, check=False).returncode == 0
    text.write_bytes(text.read_bytes() + b"\n")
    assert subprocess.run(args, capture_output=True, check=False).returncode != 0


# ---------- a signature that does not ----------


def test_a_certificate_that_was_made_anew_does_not_bear_the_old_signature(certificate: Path) -> None:
    doc = json.loads(made(REAL))
    doc["签名"] = json.loads(certificate.read_bytes())["签名"]
    certificate.write_bytes(document.text(doc))
    assert verifier.verdict(certificate.read_bytes())[0] == 0
    result = run(verify.command, certificate)
    assert result.return_value == 1
    assert "ZJ6070" in result.stderr


@pytest.mark.parametrize(
    "changes",
    [
        {"时间": "2026-05-27T10:00:00+08:00"}, {"时间": "昨天"}, {"时间": "2026-05-28T10:00:00"}, {"公钥": "00" * 32},
        {"值": "00" * 64}, {"值": "00"}, {"算法": "RSA"}, {"多": "一"}, {"值": ["00" * 64]},
    ],
)  # fmt: skip
def test_a_damaged_signature_is_refused(certificate: Path, pair: tuple[Path, Path], changes: Any) -> None:
    _changed(certificate, **changes)
    for more in ((), ("--key", pair[1])):
        result = run(verify.command, certificate, *more)
        assert result.return_value == 1
        assert "ZJ6070" in result.stderr


def test_a_signature_that_is_no_table_is_refused(certificate: Path) -> None:
    doc = json.loads(certificate.read_bytes())
    shapes: tuple[Any, ...] = ("签名", [], 5, {})
    for wrong in shapes:
        certificate.write_bytes(document.text(doc | {"签名": wrong}))
        assert "ZJ6070" in run(verify.command, certificate).stderr


@given(st.binary(min_size=32, max_size=32), st.integers(0, 511), st.sampled_from(["sha256", "公钥", "值"]))
def test_every_changed_bit_is_refused(seed: bytes, bit: int, where: str) -> None:
    own = Ed25519PrivateKey.from_private_bytes(seed)
    digest = seed.hex()
    entry = signature.signed(own, digest, TIME)
    assert signature.checked(entry, digest, "凭证.json")[0] == signature.Seal(own.public_key(), TIME)

    def flipped(text: str) -> str:
        place = bit % (len(text) * 4)
        return f"{int(text, 16) ^ (1 << place):0{len(text)}x}"

    if where == "sha256":
        digest = flipped(digest)
    else:
        entry[where] = flipped(entry[where])
    assert signature.checked(entry, digest, "凭证.json")[0] is None


def test_another_key_and_no_signature(certificate: Path, tmp_path: Path) -> None:
    private, public = tmp_path / "别的私钥.pem", tmp_path / "别的公钥.pem"
    run(key.command, private, public)
    result = run(verify.command, certificate, "--key", public)
    assert result.return_value == 1
    assert "ZJ6071" in result.stderr
    run(check.command, FULL, "--brief", "--certificate", certificate, "--force")
    result = run(verify.command, certificate, "--key", public)
    assert result.return_value == 1
    assert "ZJ6072" in result.stderr


# ---------- keys ----------


def test_a_private_key_is_its_owners_alone_and_never_lost(pair: tuple[Path, Path], tmp_path: Path) -> None:
    private, public = pair
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    before = private.read_bytes(), public.read_bytes()
    for args in (
        pair,
        (private, tmp_path / "新.pem"),
        (tmp_path / "新.pem", public),
        (private,),
        (tmp_path / "新",) * 2,
    ):
        assert run(key.command, *args).exception is not None
    assert (private.read_bytes(), public.read_bytes()) == before
    assert not (tmp_path / "新.pem").exists()
    link = tmp_path / "链.pem"
    link.symlink_to(tmp_path / "没有.pem")
    assert run(key.command, link, tmp_path / "新.pem").exception is not None
    assert run(key.command, tmp_path / "没有" / "私钥.pem", tmp_path / "新.pem").return_value == 2
    assert run(key.command, tmp_path / "新.pem", tmp_path / "没有" / "公钥.pem").return_value == 2
    assert not (tmp_path / "新.pem").exists()


def test_a_passphrase(tmp_path: Path) -> None:
    private, public, path = (tmp_path / n for n in ("私钥.pem", "公钥.pem", "凭证.json"))
    assert run(key.command, private, public, "--passphrase", text="\n").exception is not None
    assert run(key.command, private, public, "--passphrase", text="长" * 2000).exception is not None
    assert not private.exists()
    assert run(key.command, private, public, "--passphrase", text="口令一二三\n").return_value == 0
    assert b"ENCRYPTED" in private.read_bytes()
    args = (check.command, FULL, "--brief", "--certificate", path, "--sign", private)
    for text in ("口令一二四\n", "", "\n", "长" * 2000):
        result = run(*args, text=text)
        assert result.return_value == 2, text
        assert "ZJ6075" in result.stderr
        assert not path.exists()
    assert run(*args, text="口令一二三\n").return_value == 0
    assert run(verify.command, path, "--key", public).return_value == 0


def _pem(key_: Any) -> bytes:
    found: bytes = key_.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return found


def _public(key_: Any) -> bytes:
    found: bytes = key_.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return found


RSA, CURVE, OWN = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1()), signature.new_key()
OPENSSH = OWN.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
WRONG = {
    "empty": b"",
    "no pem": b"\x00\x01\x02",
    "a certificate": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "openssh": OPENSSH,
    "cut": _pem(OWN)[:60],
    "garbled": _pem(OWN).replace(b"MC4C", b"ZZZZ"),
    "public garbled": _public(OWN).replace(b"MCow", b"ZZZZ"),
    "rsa": _pem(RSA),
    "a curve": _pem(CURVE),
    "rsa public": _public(RSA),
    "the other half": b"",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_key_for_this_is_told(name: str, certificate: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    wrong = tmp_path / "钥匙.pem"
    wrong.write_bytes(WRONG[name])
    private, public = (pair[1], pair[0]) if name == "the other half" else (wrong, wrong)
    again = tmp_path / "再.json"
    for result in (
        run(check.command, FULL, "--brief", "--certificate", again, "--sign", private),
        run(verify.command, certificate, "--key", public),
    ):
        assert result.exception is None
        assert result.return_value == 2
        assert "ZJ6074" in result.stderr
    assert not again.exists()
    assert run(key.command, wrong, "--fingerprint").return_value == 2


def test_a_key_that_is_not_there(certificate: Path, tmp_path: Path) -> None:
    for result in (
        run(check.command, FULL, "--brief", "--certificate", tmp_path / "再.json", "--sign", tmp_path / "无.pem"),
        run(verify.command, certificate, "--key", tmp_path / "无.pem"),
        run(key.command, tmp_path / "无.pem", "--fingerprint"),
    ):
        assert result.return_value == 2
        assert "ZJ1050" in result.stderr
    assert run(check.command, FULL, "--sign", tmp_path / "无.pem").exception is not None


# ---------- the extra ----------


def test_without_the_extra_it_is_said_how_to_install_it(
    certificate: Path, pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "zjrules.signature")
    monkeypatch.delattr("zjrules.signature")
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    for result in (
        run(check.command, FULL, "--brief", "--certificate", tmp_path / "再.json", "--sign", pair[0]),
        run(verify.command, certificate, "--key", pair[1]),
        run(key.command, tmp_path / "甲.pem", tmp_path / "乙.pem"),
    ):
        assert result.return_value == 2
        assert "ZJ6073" in result.stderr
        assert "--no-index" in result.stderr
    result = run(verify.command, certificate)
    assert result.return_value == 0
    assert "有签名，没有核对" in result.output


def test_nothing_of_it_is_loaded_for_what_signs_nothing(tmp_path: Path) -> None:
    code = "import sys; from zjrules.cli.main import main\ntry: main()\nexcept SystemExit: pass\n"
    code += "assert not [n for n in sys.modules if n.startswith('cryptography')]"
    for args in (
        ("check", FULL, "--brief", "--certificate", tmp_path / "凭证.json"),
        ("verify", tmp_path / "凭证.json"),
    ):
        command = [sys.executable, "-c", code, *map(str, args)]
        done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=False)
        assert done.returncode == 0, done.stderr


# ---------- corrections ----------


def _issued(path: Path, facts: Path, *more: object) -> Path:
    assert run(check.command, facts, "--brief", "--certificate", path, *more).return_value in (0, 1)
    return path


def test_a_chain_of_corrections_is_told(tmp_path: Path) -> None:
    facts = tmp_path / "某局.yaml"
    facts.write_text(FULL.read_text("utf-8").replace("2700 万元", "2600 万元"), "utf-8")
    first = _issued(tmp_path / "一.json", facts)
    second = _issued(tmp_path / "二.json", FULL, "--corrects", first)
    third = _issued(tmp_path / "三.json", FULL, "--corrects", second)
    told = run(verify.command, third, "--corrects", first, "--corrects", second)
    assert told.return_value == 0
    lines = told.output.splitlines()
    assert f"「{third}」更正「{second}」：按自述 87.32 不变；仅有佐证 87.32 不变" in lines
    assert f"「{second}」更正「{first}」：按自述 86.82 → 87.32；仅有佐证 86.82 → 87.32" in lines
    assert "没有核对它" in run(verify.command, third, "--corrects", second).output
    assert "没有核对它" in run(verify.command, third).output
    for args in ((third, first), (first, second), (second, third)):
        result = run(verify.command, args[0], "--corrects", args[1])
        assert result.return_value == 1
        assert "ZJ6076" in result.stderr


def test_a_corrected_certificate_must_hold_itself(tmp_path: Path) -> None:
    first = _issued(tmp_path / "一.json", FULL)
    second = _issued(tmp_path / "二.json", FULL, "--corrects", first)
    for data in (first.read_bytes().replace("自评".encode(), "互评".encode()), b"", b"[]"):
        first.write_bytes(data)
        result = run(verify.command, second, "--corrects", first)
        assert result.return_value == 1
        assert "ZJ6076" in result.stderr
    assert "ZJ6076" in run(verify.command, second, "--corrects", tmp_path / "无.json").stderr


@pytest.mark.parametrize(
    ("name", "value"), [("更正", ["甲"]), ("更正", 5), ("引擎", None), ("事实文件", {}), ("事实文件", [1])]
)
def test_what_stands_in_no_step_must_have_its_form_too(name: str, value: Any, tmp_path: Path) -> None:
    doc = json.loads(made(FULL))
    doc["凭证"][name] = value
    doc["摘要"] = verifier.digests(doc["凭证"])
    path = tmp_path / "凭证.json"
    path.write_bytes(document.text(doc))
    for args in ((), ("--facts", FULL)):
        result = run(verify.command, path, *args)
        assert result.exception is None
        assert result.return_value == 1
        assert "ZJ6030" in result.stderr


def test_on_a_terminal_a_new_passphrase_is_asked_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["甲", "乙", "甲", "甲"])
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(click, "prompt", lambda *_, **__: next(answers))
    with pytest.raises(click.UsageError, match="两次输的口令不同"):
        signing.asked("口令", twice=True)
    assert signing.asked("口令", twice=True) == "甲"
    assert list(answers) == []
