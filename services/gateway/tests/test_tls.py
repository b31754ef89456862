"""TLS as soon as there is a certificate, over real connections."""

import socket
import ssl
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from valero.kit import clock

from .conftest import eventually


def write_certificate(folder: Path) -> int:
    """A new self-signed pair, moved into `folder`; returns its serial number."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    serial = x509.random_serial_number()
    builder = x509.CertificateBuilder(name, name, key.public_key(), serial)
    builder = builder.not_valid_before(clock.now() - timedelta(days=1))
    builder = builder.not_valid_after(clock.now() + timedelta(days=1))
    certificate = builder.add_extension(address, critical=False).sign(key, hashes.SHA256())
    form = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    folder.mkdir(exist_ok=True)
    contents = {
        "key.pem": key.private_bytes(serialization.Encoding.PEM, form, plain),
        "cert.pem": certificate.public_bytes(serialization.Encoding.PEM),
    }
    for file, content in contents.items():
        draft = folder.parent / f"{file}.draft"
        draft.write_bytes(content)
        draft.replace(folder / file)
    return serial


def context(folder: Path, *protocols: str) -> ssl.SSLContext:
    trusting = ssl.create_default_context(cafile=folder / "cert.pem")
    if protocols:
        trusting.set_alpn_protocols(list(protocols))
    return trusting


def served(port: int) -> int:
    """The serial number of the certificate that is served now."""
    pem = ssl.get_server_certificate(("127.0.0.1", port))
    return x509.load_pem_x509_certificate(pem.encode()).serial_number


@pytest.fixture
async def secured(own_stack):
    """An Envoy with a certificate: stack, folder and serial number."""
    folder = own_stack.home / "tls"
    serial = write_certificate(folder)
    await own_stack.start_service("gateway")
    await own_stack.start_envoy()
    return own_stack, folder, serial


async def test_with_a_certificate_both_ports_speak_tls(secured):
    stack, folder, _ = secured
    async with httpx.AsyncClient(verify=context(folder), trust_env=False) as client:
        for port in stack.edge.ports:
            answer = await client.get(f"https://127.0.0.1:{port}/health")
            assert answer.json() == {"status": "pass"}


async def test_services_learn_that_the_browser_came_by_tls(secured):
    stack, folder, _ = secured
    address = f"https://127.0.0.1:{stack.edge.ports[0]}/"
    async with httpx.AsyncClient(verify=context(folder), trust_env=False) as client:

        async def forwarded() -> str:
            answer = await client.get(address)
            return answer.status_code == 200 and dict(answer.json()["headers"])["x-forwarded-proto"]

        assert await eventually(forwarded) == "https"


async def test_http_2_is_chosen_where_the_client_speaks_it(secured):
    stack, folder, _ = secured
    address = ("127.0.0.1", stack.edge.ports[0])
    for protocols, chosen in ((("h2", "http/1.1"), "h2"), (("http/1.1",), "http/1.1")):
        offered = context(folder, *protocols)
        plain = socket.create_connection(address)
        with offered.wrap_socket(plain, server_hostname="127.0.0.1") as tls:
            assert tls.selected_alpn_protocol() == chosen


async def test_probes_of_this_machine_may_still_speak_plain_http(secured):
    stack, _, _ = secured
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{stack.origins[0]}/health")).status_code == 200


async def test_a_renewed_certificate_is_used_without_a_restart(secured):
    stack, folder, serial = secured
    port = stack.edge.ports[0]
    assert served(port) == serial
    renewed = write_certificate(folder)

    async def changed() -> bool:
        return served(port) == renewed

    await eventually(changed)
