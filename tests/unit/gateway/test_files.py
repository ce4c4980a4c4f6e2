"""Files that strangers send: what they are by their content, what they are called, where they lie."""

import io
import zipfile

import pytest

from contracts.errors import Invalid, NotFound
from gateway.files import kinds, names
from gateway.files.store import FileStore
from servicekit.settings import SettingsError

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00"
OPEN = "application/vnd.openxmlformats-officedocument"


def packed(*entries, first=()):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in first:
            archive.writestr(name, content)
        for name in entries:
            archive.writestr(name, "x")
    return made.getvalue()


def kind(content):
    return tuple(kinds.find(io.BytesIO(content)))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PDF, ("pdf", "application/pdf")),
        (PNG, ("image", "image/png")),
        (JPEG, ("image", "image/jpeg")),
        ("Straße, 5 €\n".encode(), ("text", "text/plain")),
        ("€".encode() * 400_000, ("text", "text/plain")),
        (packed("a.txt"), ("zip", "application/zip")),
        (packed("[Content_Types].xml", "word/document.xml"),
         ("document", f"{OPEN}.wordprocessingml.document")),
        (packed("xl/workbook.xml"), ("sheet", f"{OPEN}.spreadsheetml.sheet")),
        (packed(first=[("mimetype", "application/vnd.oasis.opendocument.text")]),
         ("document", "application/vnd.oasis.opendocument.text")),
    ],
)  # fmt: skip
def test_a_file_is_what_its_content_says(content, found):
    assert kind(content) == found


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\xef\xbb\xbf  <?xml version='1.0'?><x/>",
        b"<!DOCTYPE html><title>x</title>",
        b"words first, then <ScRiPt>alert(1)</script>",
        GIF + b"/*<script>*/=1;alert(1)",
        PDF + b"<html><body onload=alert(1)>",
        JPEG + b"<svg onload=alert(1)>",
        b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff",
        b"\x7fELF\x02\x01\x01\x00",
        b"\x00\x01\x02\x03 nothing known",
        b"text with a \x00 NUL",
        b"\xff\xfe\x00\xd8",
        packed("META-INF/MANIFEST.MF", "Main.class"),
        packed("word/document.xml", "word/vbaProject.bin"),
        b"PK\x03\x04 broken",
        packed(first=[("mimetype", "text/html")]),
        packed(*(f"{n:060}" for n in range(11_000))),
        packed("a.txt").replace(b"PK\x05\x06", b"PK\x06\x07" + b"\0" * 16 + b"PK\x05\x06"),
    ],
)
def test_programs_and_what_a_browser_would_run_are_refused(content):
    with pytest.raises(Invalid) as refused:
        kind(content)
    assert list(refused.value.fields) == ["file"]


@pytest.mark.parametrize(
    ("name", "media", "safe"),
    [
        ("CV of Zoë.pdf", "application/pdf", "CV of Zoë.pdf"),
        ("C:\\Users\\zoe\\cv.PDF", "application/pdf", "cv.pdf"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("invoice.exe", "application/pdf", "invoice.exe.pdf"),
        ("cv.pdf\r\nSet-Cookie: a=b", "application/pdf", "cv.pdf Set-Cookie_ a=b.pdf"),
        ("\u202efdp.exe\x00", "image/png", "fdp.exe.png"),
        ('a"b;c<d>.pdf', "application/pdf", "a_b_c_d_.pdf"),
        ("履歴書.pdf", "application/pdf", "履歴書.pdf"),
        ("nul.txt", "text/plain", "_nul.txt"),
        (".htaccess", "text/plain", "htaccess.txt"),
        ("", "image/jpeg", "file.jpg"),
        ("\ud800.pdf", "application/pdf", "file.pdf"),
    ],
)
def test_a_name_is_made_harmless(name, media, safe):
    assert names.safe(name, media) == safe
    assert names.safe(safe, media) == safe


def test_a_long_name_keeps_its_ending():
    made = names.safe("a" * 500 + ".pdf", "application/pdf")
    assert (len(made), made[-4:]) == (120, ".pdf")


@pytest.fixture(params=["folder", "memory"])
def store(request, tmp_path):
    folder = (tmp_path / "files").as_uri()
    return FileStore(folder if request.param == "folder" else "memory://files-of-a-test")


def test_a_content_is_stored_read_and_deleted_for_good(store):
    store.put("ab" * 20, io.BytesIO(PDF))
    with store.open("ab" * 20) as content:
        assert content.read() == PDF
    store.delete("ab" * 20)
    store.delete("ab" * 20)
    with pytest.raises(NotFound):
        store.open("ab" * 20)


@pytest.mark.parametrize("url", ["nothing://x", "file:///proc/none"])
def test_a_place_that_is_none_stops_the_start_by_its_name(url):
    with pytest.raises(SettingsError, match="FILES_URL"):
        FileStore(url)
