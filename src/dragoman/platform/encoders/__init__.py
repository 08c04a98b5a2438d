"""Sentence encoders: texts as vectors, computed on this machine, offline."""

USE_LANGUAGES = frozenset(
    ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh", "zh-Hant")
)
"""What the universal sentence encoder was taught; elsewhere its vectors mean nothing."""
