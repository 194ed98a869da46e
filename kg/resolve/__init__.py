"""Facts of many documents → things of the world and the facts about them."""

from kg.resolve.decisions import Decision, Decisions, Ref
from kg.resolve.ledger import Ledger, find_files, read_ledger
from kg.resolve.merge import resolve
from kg.resolve.replay import replay

__all__ = ["Decision", "Decisions", "Ledger", "Ref", "find_files", "read_ledger", "replay", "resolve"]
