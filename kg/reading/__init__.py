"""Bytes → Document: text, PDF, HTML, Word, Markdown and mail files, with what they say of themselves."""

from kg.reading.files import collect, read_bytes, read_document
from kg.reading.table import check_tables

__all__ = ["check_tables", "collect", "read_bytes", "read_document"]
