"""The relations of a document: what frames and names tell, doubted and completed by a trained model over pairs of names."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import cast

from kg.model import Predicate
from kg.pipeline.context import Context
from kg.pipeline.judged import Judged, Key, Related, log_odds
from kg.pipeline.linear import Linear, packaged_model
from kg.pipeline.pairs import CLASSES, Pair, allowed, pairs, told
from kg.pipeline.relations import Found, by_frames
from kg.pipeline.unit_owners import units_without_owner

# Chosen on documents left out of training: the chance from which a pair is a relation that no frame found, and below
# which one that a frame found is none.
ADD = 0.35
VETO = 0.08
# The same where the network has been asked too.
ADD_JUDGED = 0.3
VETO_JUDGED = 0.12


def relations(context: Context, model: Linear | None = None, judged: Judged | None = None) -> list[Found]:
    """Return the relations that a document states or plainly implies; those of frames and names alone without a model."""
    found = units_without_owner(context, by_frames(context))
    model = model or packaged_model("relations")
    if model is None:
        return found
    likely = chances(context, found, model)
    if judged is None or not judged.relations:
        return settled(context, found, likely)
    return settled(context, found, weighed(likely, judged.relations), add=ADD_JUDGED, veto=VETO_JUDGED)


def key_of(subject: int, predicate: Predicate, object_: int) -> Key:
    """Return what tells relations apart: partners have no order."""
    if predicate == "partnersWith" and object_ < subject:
        return object_, predicate, subject
    return subject, predicate, object_


def weighed(own: dict[Key, Related], other: dict[Key, Related]) -> dict[Key, Related]:
    """Return the chances of two models together: the mean of their log-odds; what one has not looked at it holds for unlikely."""
    out = {}
    for key in sorted({*own, *other}):
        first, second = own.get(key), other.get(key)
        odds = sum(log_odds(r.chance if r else 0.0) for r in (first, second)) / 2
        shown = first or second
        if shown:
            out[key] = replace(shown, chance=1 / (1 + math.exp(-odds)))
    return out


def chances(context: Context, found: list[Found], model: Linear) -> dict[Key, Related]:
    """Return the best chance that the model gives to each relation, and the names that it sees it in."""
    best: dict[Key, tuple[float, Pair]] = {}
    for pair in pairs(context, told(found)):
        scores = model.scores(pair.features)
        for number in allowed(pair):
            forward = CLASSES[number][-1] == ">"
            subject, object_ = (pair.left, pair.right) if forward else (pair.right, pair.left)
            key = key_of(subject.entity, cast(Predicate, CLASSES[number][:-1]), object_.entity)
            score = float(scores[number])
            if key not in best or score > best[key][0]:
                best[key] = (score, pair)
    return {
        key: Related(1 / (1 + math.exp(-score)), (pair.left.start, pair.left.end), (pair.right.start, pair.right.end))
        for key, (score, pair) in best.items()
    }


def settled(
    context: Context,
    found: list[Found],
    chances_: dict[Key, Related],
    *,
    add: float = ADD,
    veto: float = VETO,
) -> list[Found]:
    """Return the frames' relations without those that the model holds for unlikely, and those that it adds."""
    kept = []
    keys = set()
    for relation in found:
        key = key_of(relation.subject, relation.predicate, relation.object)
        keys.add(key)
        # A name that says it needs no second opinion, nor does what the model never looked at.
        if relation.rule.endswith(".name") or key not in chances_ or chances_[key].chance >= veto:
            kept.append(relation)
    for key, related in chances_.items():
        if related.chance >= add and key not in keys:
            start, end = _place(context, related)
            kept.append(Found(*key, start, end, f"model.{key[1]}"))
    return kept


def _place(context: Context, related: Related) -> tuple[int, int]:
    """Return the stretch that says a relation: from name to name, or the sentence that goes on about an earlier one."""
    sentence = context.sentence_at(related.right[0])
    if related.left[0] >= sentence.start:
        return related.left[0], related.right[1]
    stretch = context.text[sentence.start : sentence.end]
    start = sentence.start + len(stretch) - len(stretch.lstrip())
    return start, start + len(stretch.strip())
