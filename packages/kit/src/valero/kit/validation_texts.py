"""German texts for the validation errors of pydantic, by its error types."""

from collections.abc import Mapping
from typing import Any

TEXTS = {
    "missing": "Diese Angabe fehlt.",
    "extra_forbidden": "Diese Angabe ist nicht vorgesehen.",
    "json_invalid": "Der Inhalt ist kein gültiges JSON.",
    "json_type": "Der Inhalt muss JSON sein.",
    "string_type": "Erwartet wird ein Text.",
    "string_too_short": "Mindestens {min_length} Zeichen sind nötig.",
    "string_too_long": "Höchstens {max_length} Zeichen sind erlaubt.",
    "string_pattern_mismatch": "Der Text hat nicht die verlangte Form.",
    "int_type": "Erwartet wird eine ganze Zahl.",
    "int_parsing": "Erwartet wird eine ganze Zahl.",
    "int_from_float": "Erwartet wird eine ganze Zahl ohne Nachkommastellen.",
    "bool_type": "Erwartet wird wahr oder falsch.",
    "bool_parsing": "Erwartet wird wahr oder falsch.",
    "decimal_type": "Erwartet wird eine Zahl.",
    "decimal_parsing": "Erwartet wird eine Zahl.",
    "decimal_max_digits": "Höchstens {max_digits} Ziffern sind erlaubt.",
    "decimal_max_places": "Höchstens {decimal_places} Nachkommastellen sind erlaubt.",
    "decimal_whole_digits": "Höchstens {whole_digits} Stellen vor dem Komma sind erlaubt.",
    "finite_number": "Erwartet wird eine endliche Zahl.",
    "amount_not_exact": "Ein Betrag ist ein Text wie „119.00“.",
    "greater_than": "Der Wert muss größer als {gt} sein.",
    "greater_than_equal": "Der Wert muss mindestens {ge} sein.",
    "less_than": "Der Wert muss kleiner als {lt} sein.",
    "less_than_equal": "Der Wert darf höchstens {le} sein.",
    "multiple_of": "Der Wert muss ein Vielfaches von {multiple_of} sein.",
    "list_type": "Erwartet wird eine Liste.",
    "too_short": "Mindestens {min_length} Einträge sind nötig.",
    "too_long": "Höchstens {max_length} Einträge sind erlaubt.",
    "dict_type": "Erwartet wird ein Objekt.",
    "model_type": "Erwartet wird ein Objekt.",
    "model_attributes_type": "Erwartet wird ein Objekt.",
    "enum": "Erlaubt sind nur: {expected}.",
    "literal_error": "Erlaubt sind nur: {expected}.",
    "uuid_type": "Erwartet wird eine Kennung (UUID).",
    "uuid_parsing": "Erwartet wird eine Kennung (UUID).",
    "date_type": "Erwartet wird ein Datum (JJJJ-MM-TT).",
    "date_parsing": "Erwartet wird ein Datum (JJJJ-MM-TT).",
    "date_from_datetime_parsing": "Erwartet wird ein Datum (JJJJ-MM-TT).",
    "date_from_datetime_inexact": "Erwartet wird ein Datum ohne Uhrzeit.",
    "datetime_type": "Erwartet wird ein Zeitpunkt (ISO 8601).",
    "datetime_parsing": "Erwartet wird ein Zeitpunkt (ISO 8601).",
    "datetime_from_date_parsing": "Erwartet wird ein Zeitpunkt (ISO 8601).",
    "timezone_aware": "Der Zeitpunkt braucht eine Zeitzone.",
    "url_parsing": "Erwartet wird eine Adresse (URL).",
}
FALLBACK = "Ungültige Angabe ({english})."


def german(code: str, context: Mapping[str, Any], english: str) -> str:
    """The German sentence for pydantic's error `code`; unknown codes quote the English one."""
    text = TEXTS.get(code, FALLBACK)
    return text.format(english=english, **context)
