"""Train the model of relations: how two names near each other stand."""
from __future__ import annotations
import argparse, json, sys, gzip
from collections import Counter
from pathlib import Path
import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
sys.path.insert(0, str(Path(__file__).parent))
from documents import load_gold, place_of, with_found_names, with_gold_names
from kg.pipeline import pairs as P
from kg.pipeline import relations as R

TYPES = {}
def classes():
    return ["operates>","operates<","funds>","funds<","owns>","owns<","partOf>","partOf<","partnersWith>","commissionedBy>","commissionedBy<","locatedIn>","locatedIn<","announcedIn>","announcedIn<","participatesIn>","participatesIn<"]

def told_of(found):
    told={}
    for r in found:
        if r.rule.endswith('.name'): continue
        told.setdefault((r.subject,r.object),[]).append(r.rule)
        has=told.setdefault((-1,r.object),[])
        if r.predicate not in has: has.append(r.predicate)
    return told

def examples(context, ids, gold):
    """[(features, {class:1/0/None}, (l,r))]"""
    found=R.by_frames(context)
    told=told_of(found)
    wanted={}
    for r in gold['relations']:
        rng=place_of(context,r['quote'])
        wanted.setdefault((r['subject'],r['object']),[]).append((r['predicate'],rng))
    out=[]
    for pair in P.pairs(context,told):
        l,r=ids.get(pair.left.entity),ids.get(pair.right.entity)
        pos=set(); skip=set()
        for (a,b,d) in ((l,r,'>'),(r,l,'<')):
            for pred,(s,e) in wanted.get((a,b),()):
                c=pred+d
                if pred=='partnersWith': c='partnersWith>'
                sent=context.sentence_at(pair.right.start)
                inside = sent.start<e and s<sent.end
                (pos if inside else skip).add(c)
        out.append((pair,pos,skip-pos))
    return out, found
