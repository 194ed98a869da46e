"""Facts of many documents → things of the world and the facts about them."""

from kg.resolve.merge import resolve

__all__ = ["resolve"]
