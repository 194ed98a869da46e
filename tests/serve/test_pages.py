"""The browser pages of ``kg serve`` as a client without a browser sees them: odd requests, headers, languages, files."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kg.resources import data_path
from kg.serve.pages.respond import HEADERS
from tests.serve.conftest import Start, stop

PAGES = ["", "things", "documents", "query", "graph", "downloads", "search?q=HKPC"]
ODD = [
    "%",
    "%00",
    "%ff%fe",
    "%ED%A0%80",
    "%F0%9F%98%80",
    "'\";<>",
    "..%2f..%2f",
    "a" * 5000,
    "(",
    "[",
    "\\",
    "%E6%95%B0%E7%A0%81",
    "",
]


@pytest.fixture(scope="module", name="site")
def _site(built: Path, start: Start) -> Iterator[httpx.Client]:
    process, address = start([str(built)])
    with httpx.Client(base_url=address, timeout=30, trust_env=False) as found:
        yield found
    errors = stop(process)
    assert "Traceback" not in errors, errors


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_to_itself(site: httpx.Client, path: str) -> None:
    answer = site.get(path).raise_for_status()
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    named = re.findall(r'(?:src|href|action)="([^"]*)"', answer.text)
    assert len(named) > 10
    assert all(address.startswith(("/", "#", "?")) and not address.startswith("//") for address in named)
    assert not re.search(r"<script>|<style|\son\w+=|\sstyle=", answer.text)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("path", ["search?q=", "suggest?q=", "thing?iri=", "thing/", "document?iri=", "about?iri=", "graph?iri=", "graph/view?iri=", "things?page=", "things?type=", "text/", "download/", "static/", "documents?page="])  # fmt: skip
def test_odd_requests_are_answered(site: httpx.Client, path: str, odd: str) -> None:
    assert site.get(path + odd).status_code < 500


def test_bytes_that_no_browser_sends_are_no_fault_of_the_server(site: httpx.Client) -> None:
    import socket

    url = site.base_url
    with socket.create_connection((url.host, url.port or 80), timeout=10) as raw:
        raw.sendall("GET /search?q=數碼港 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        assert raw.recv(100).split()[1] in {b"200", b"400"}


def test_only_files_of_the_build_are_given_out(site: httpx.Client, built: Path) -> None:
    assert site.get("download/graph.nq").content == (built / "graph.nq").read_bytes()
    for name in ("..%2fgraph.nq", "text", "store", ".hidden", "%2fetc%2fpasswd"):
        assert site.get(f"download/{name}").status_code == 404
    for form in ("csv.zip", "graphml", "jsonld"):
        first, second = (site.get(f"download/fundgraph.{form}").raise_for_status().content for _ in range(2))
        assert first and first == second


def test_the_language_is_the_readers(site: httpx.Client) -> None:
    def shown(**headers: str) -> str:
        answer = site.get("", headers=headers)
        return str(re.findall(r'<html lang="([^"]+)"', answer.text)[0])

    assert shown(**{"accept-language": "zh-HK,en;q=0.5"}) == "zh-Hant"
    assert shown(**{"accept-language": "zh-CN"}) == "zh-Hans"
    assert shown(**{"accept-language": "fr"}) == "en"
    assert shown(**{"accept-language": "fr", "cookie": "language=zh-Hant"}) == "zh-Hant"


def test_the_texts_are_the_same_in_both_languages() -> None:
    words = tomllib.loads(data_path("templates", "serve", "words.toml").read_text(encoding="utf-8"))
    assert words["en"].keys() == words["zh-Hant"].keys()
    assert len(words["en"]) > 100


def test_what_is_bundled_is_what_the_table_says() -> None:
    folder = data_path("vendor")
    rows = re.findall(r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", (folder / "README.md").read_text(encoding="utf-8"), re.M)
    assert len(rows) >= 5
    for name, digest in rows:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_an_address_leads_to_its_page(site: httpx.Client) -> None:
    answer = site.get("id/organisation/hk-hkpc", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/thing/organisation/hk-hkpc")
    assert "生產力" in site.get(answer.headers["location"]).text
