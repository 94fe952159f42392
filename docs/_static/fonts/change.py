"""Two changes to Noto Sans Math for browsers: radicals of one width, and primes that a superscript does not raise twice.

A browser leaves room for the widest of a radical's sizes behind every root, so that a gap stood before the full stop.
Run once, from this folder, with fonttools and brotli installed: ``python change.py ORIGINAL.woff2 noto-sans-math.woff2``.
"""

import sys

from fontTools.misc.transform import Transform
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

RADICAL, PRIMES = "uni221A", ("uni2032", "uni2033", "uni2034")
GROWN, LOWERED = 1.5, 614.0
"""How much larger a prime is, and how far down, so that in a superscript it stands as high as in a line."""


def change(font: TTFont, name: str, how: Transform) -> None:
    """A glyph transformed, its width with it."""
    pen, drawn = TTGlyphPen(None), DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[name].draw(drawn)
    drawn.replay(TransformPen(pen, how))
    font["glyf"][name] = pen.glyph()
    font["hmtx"][name] = (round(font["hmtx"][name][0] * how[0]), 0)
    font["glyf"][name].recalcBounds(font["glyf"])
    font["hmtx"][name] = (font["hmtx"][name][0], font["glyf"][name].xMin)


def radicals(font: TTFont) -> list[str]:
    """The sizes of the radical and the parts of the tallest."""
    variants = font["MATH"].table.MathVariants
    made = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(RADICAL)]
    sizes = [one.VariantGlyph for one in made.MathGlyphVariantRecord]
    return [*sizes, *(part.glyph for part in made.GlyphAssembly.PartRecords)]


def main(source: str, target: str) -> None:
    """Read one font, write the other."""
    font = TTFont(source)
    width = font["hmtx"][RADICAL][0]
    for name in radicals(font):
        change(font, name, Transform(width / font["hmtx"][name][0], 0, 0, 1, 0, 0))
    for name in PRIMES:
        change(font, name, Transform(GROWN, 0, 0, GROWN, 0, -LOWERED))
    font.flavor = "woff2"
    font.save(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
