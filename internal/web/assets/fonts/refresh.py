"""Joins the parts of each font, gives the text font a plain zero, and checks the letters.

The zero of Atkinson Hyperlegible Next has a slash, which belongs into numbers of
cases and persons, and not into amounts: here it is what the feature "zero" gives.
The licence (OFL-1.1, no reserved name) allows this; the font is called Bega Text.
"""
import copy
import os
import sys

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.merge import Merger
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.reverseContourPen import ReverseContourPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

LETTERS = "ăâîșțĂÂÎȘȚáéíóöőúüűÁÉÍÓÖŐÚÜŰäßÄčćđšžČĆĐŠŽ„”“«»‘’–—…€−·0123456789"


def join(folder, name, weight):
    parts = []
    for part in ("latin", "ext"):
        font = TTFont(f"{folder}/{name}-{part}-{weight}.woff2", recalcTimestamp=False)
        font.flavor = None
        path = f"{folder}/{name}-{part}-{weight}.ttf"
        font.save(path)
        parts.append(path)
    font = Merger().merge(parts)
    font.recalcTimestamp = False
    font["head"].modified = font["head"].created = 0
    for path in parts:
        os.remove(path)
    return font


def contours(glyphs, name):
    """Returns the outlines of a glyph, each as a list of pen operations."""
    pen = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(pen)
    found, current = [], []
    for operation in pen.value:
        current.append(operation)
        if operation[0] in ("closePath", "endPath"):
            found.append(current)
            current = []
    return found


def play(contour, pen):
    for name, arguments in contour:
        getattr(pen, name)(*arguments)


def bounds(contour):
    pen = BoundsPen(None)
    play(contour, pen)
    return pen.bounds


def tabular(font):
    """Returns which glyph takes the place of which in columns of numbers."""
    found = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            if hasattr(table, "mapping"):
                found.update(table.mapping)
    return found


def stems(glyphs, letter):
    """Returns how thick the letter O is, at its sides and at its top."""
    outer, inner = sorted(map(bounds, contours(glyphs, letter)), key=lambda b: b[0] - b[2])[:2]
    return ((inner[0] - outer[0]) + (outer[2] - inner[2])) / 2, ((inner[1] - outer[1]) + (outer[3] - inner[3])) / 2


def plain_zero(font):
    glyphs, cmap = font.getGlyphSet(), font.getBestCmap()
    side, top = stems(glyphs, cmap[ord("O")])
    columns = tabular(font)
    zeros = [zero for zero in (cmap[ord("0")], columns.get(cmap[ord("0")])) if zero]
    for zero in zeros:
        outline = max(contours(glyphs, zero), key=lambda c: (bounds(c)[2] - bounds(c)[0]) * (bounds(c)[3] - bounds(c)[1]))
        x0, y0, x1, y1 = bounds(outline)
        sx, sy = 1 - 2 * side / (x1 - x0), 1 - 2 * top / (y1 - y0)
        cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
        pen = TTGlyphPen(None)
        play(outline, pen)
        play(outline, ReverseContourPen(TransformPen(pen, (sx, 0, 0, sy, cx - sx * cx, cy - sy * cy))))
        order = font.getGlyphOrder()
        font["glyf"][zero + ".slash"] = copy.deepcopy(font["glyf"][zero])
        font["hmtx"][zero + ".slash"] = font["hmtx"][zero]
        font["glyf"][zero] = pen.glyph()
        font.setGlyphOrder(font.getGlyphOrder() if zero + ".slash" in font.getGlyphOrder() else order + [zero + ".slash"])
    rules = "languagesystem DFLT dflt; languagesystem latn dflt; feature tnum { %s } tnum; feature zero { %s } zero;" % (
        " ".join(f"sub {a} by {b};" for a, b in columns.items()),
        " ".join(f"sub {zero} by {zero}.slash;" for zero in zeros),
    )
    addOpenTypeFeaturesFromString(font, rules, tables=["GSUB"])


def rename(font, bold):
    for record in font["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = "Bega Text" + (" Bold" if bold and record.nameID == 4 else "")
        if record.nameID == 6:
            record.string = "BegaText-" + ("Bold" if bold else "Regular")


def save(font, path):
    missing = [letter for letter in LETTERS if ord(letter) not in font.getBestCmap()]
    if missing:
        sys.exit(f"{path}: no glyph for {missing}")
    font.flavor = "woff2"
    font.save(path)


folder = sys.argv[1]
for weight in ("400", "700"):
    text = join(folder, "text", weight)
    plain_zero(text)
    rename(text, weight == "700")
    save(text, f"{folder}/bega-text-{weight}.woff2")
save(join(folder, "title", "700"), f"{folder}/bega-titlu-700.woff2")
