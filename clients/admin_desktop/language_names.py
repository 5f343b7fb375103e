"""Languages by the name that their own speakers give them."""

from PySide6.QtCore import QLocale

# The official and most spoken languages of the places where people queue; any other code stays as it is.
LANGUAGES = (
    "en", "es", "fr", "ar", "ca", "cs", "da", "de", "el", "et", "eu", "fi", "ga", "gl", "he", "hi", "hr",
    "hu", "id", "it", "ja", "ko", "lt", "lv", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr",
    "sv", "ta", "th", "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip


def language_name(code: str) -> str:
    """ "Español"; the code itself for a language that Qt does not know."""
    name = QLocale(code).nativeLanguageName() if QLocale(code).name() != "C" else ""
    if code == "en":
        name = "English"  # Qt would say American English
    return f"{name[:1].upper()}{name[1:]}" or code
