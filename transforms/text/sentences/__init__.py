"""Paragraphs and sentences of agency text, as code point spans: see ``segment``."""

from transforms.text.sentences.segmenter import Segmentation, segment

__all__ = ["Segmentation", "segment"]
