"""Languages by the name that their own speakers give them."""

from PySide6.QtCore import QLocale

# The official and most spoken languages of the places where people queue; any other code stays as it is.
LANGUAGES = (
    "en", "es", "fr", "ar", "ca", "cs", "da", "de", "el", "et", "eu", "fi", "ga", "gl", "he", "hi", "hr",
    "hu", "id", "it", "ja", "ko", "lt", "lv", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr",
    "sv", "ta", "th", "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip


# Where Qt names a country's kind of the language.
_PLAIN = {"en": "English", "es": "Español", "no": "Norsk", "zh": "中文"}


def language_name(code: str) -> str:
    """ "Español"; the code itself for a language that Qt does not know."""
    if code in _PLAIN:
        return _PLAIN[code]
    locale = QLocale(code)
    name = locale.nativeLanguageName() if locale.language() is not QLocale.Language.C else ""
    return f"{name[:1].upper()}{name[1:]}" or code
