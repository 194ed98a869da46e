"""Facts of many documents → things of the world and the facts about them."""

from kg.resolve.decisions import Decision, Decisions, Ref, read_decisions
from kg.resolve.merge import resolve

__all__ = ["Decision", "Decisions", "Ref", "read_decisions", "resolve"]
