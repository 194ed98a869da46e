"""Write how each Chinese character is read, in Mandarin and in Cantonese, for `kg.resolve.romanise`.

    pip install pypinyin==0.55.0 ToJyutping==3.2.0
    python training/readings.py

Readings are facts of the language; they come from the tables of pypinyin (MIT) and ToJyutping (BSD 2-clause), which take
over a second and 90 MB to load. The file is the same for the same versions. `--check` compares and writes nothing.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

PLACE = Path(__file__).parent.parent / "kg" / "data" / "identity" / "readings.tsv"
# CJK Unified Ideographs: what names of persons are written with.
CHARACTERS = range(0x4E00, 0xA000)


def pinyin_of(char: str) -> list[str]:
    """Return the Mandarin readings of a character without tones, ü as v."""
    from pypinyin import Style, pinyin

    return sorted({p for p in pinyin(char, style=Style.NORMAL, heteronym=True)[0] if p.isalpha() and p.isascii()})


def jyutping_of(char: str) -> list[str]:
    """Return the Cantonese readings of a character in Jyutping without tones."""
    import ToJyutping

    return sorted({reading.rstrip("123456") for reading in ToJyutping.get_jyutping_candidates(char)[0][1]})


def lines() -> list[str]:
    """Return the lines of the file."""
    found = ["character\tmandarin\tcantonese"]
    for code in CHARACTERS:
        char = chr(code)
        mandarin, cantonese = pinyin_of(char), jyutping_of(char)
        if mandarin or cantonese:
            found.append(f"{char}\t{' '.join(mandarin)}\t{' '.join(cantonese)}")
    return found


def main() -> None:
    """Write the file, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the file, write nothing")
    args = parser.parse_args()
    text = "\n".join(lines()) + "\n"
    if args.check:
        sys.exit(0 if PLACE.read_text(encoding="utf-8") == text else "readings.tsv is not what these versions give")
    PLACE.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
