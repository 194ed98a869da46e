"""Bytes → Document: text, HTML and PDF files, with what they say of themselves."""

from kg.reading.files import collect, read_bytes, read_document

__all__ = ["collect", "read_bytes", "read_document"]
