"""What a run of digits is: a telephone number, a card's, or something that is nobody's (a price, a year, a reference).

Numbers are told apart by their form, by what stands beside them and by what they are checked with. Where nothing says what
a long number is, it is taken for a telephone number: one wrongly covered costs a click.
"""

from __future__ import annotations

import re
import unicodedata

from stdnum import isbn, luhn

CARD, PHONE = "card", "phone"
# Not after a letter or a decimal point. Letters of scripts without spaces may stand beside it.
DIGITS = re.compile(
    r"(?<![0-9A-Za-z_])(?<!\d[,.])[+\uff0b]?\(?\d(?:[ \t().\-/\u2010-\u2015\u00a0]{0,3}\d){5,18}(?![0-9A-Za-z_])"
)
# Digits of a telephone number: alone, where words say that it is one, with a plus.
FEWEST, FEWEST_NAMED, FEWEST_ABROAD = 8, 6, 7
FEWEST_OF_CARD, MOST_OF_CARD = 13, 19
BEFORE, AFTER = 48, 24  # characters beside a number that may say what it is

_PHONE = (
    r"phone|telephone|tel|call|ring|dial|mobile|cell(?:ular)?|whats ?app|viber|signal|telegram|wechat|sms|fax"
    r"|text (?:me|us)|reach (?:me|us)|contact|number is|handy\w*|telefon\w*|ruf\w*|nummer|t[ée]l[ée]phone|portable|appel\w*"
    r"|tel[ée]fono|m[óo]vil|celular|telefone|telem[óo]vel|cellulare|numero|\u0442\u0435\u043b\w*"
)
_REFERENCE = (
    r"ref(?:erences?)?|case|ticket|order|invoice|booking|application|students?|matric\w{0,12}|matrikel\w{0,8}|registration"
    r"|enrol\w{0,8}|customer|member(?:ship)?|tracking|serial|document|file|course|module|class|section|program(?:me)?"
    r"|isbn|issn|doi|orcid|arxiv|codes?|ids?|identifier|crn|batch|version|build|protocol|transaction|certificate|diploma"
)
_AMOUNT = (
    r"budget|salary|salaries|income|tuition|fees?|prices?|costs?|paid|earn\w{0,4}|scholarship|loan|grants?|savings"
    r"|scores?|scored|points?|marks?|grades?|gpa|toefl|ielts|gre|gmat|sat|population|turnover|revenue|years?"
)
_SAYS = re.compile(
    rf"\b(?P<reference>(?:{_REFERENCE})(?:[ -]?(?:number|no|nr|id|code|ref|13|10)\b\.?){{0,2}}"
    rf"(?: (?:is|was|are))?(?P<beside>[ \t.:=#(\"']*)$)"
    rf"|\b(?P<amount>{_AMOUNT})\b"
    rf"|(?P<phone>\b(?:{_PHONE})\b|\u7535\u8bdd|\u96fb\u8a71|\u624b\u673a|\u624b\u6a5f|\u643a\u5e2f|\u0e42\u0e17\u0e23)"
    rf"|(?P<hash>#[ ]?$)",
    re.IGNORECASE,
)
_SAID_AFTER = re.compile(
    r"[ \t,)]{0,3}(?:is|are|=|-)?[ ]?(?:my|our|the)? ?(?:new )?(?:phone|mobile|cell|number|whats ?app|handy)\b",
    re.IGNORECASE,
)
_CODES = (
    "EUR|USD|GBP|CHF|INR|JPY|CNY|RMB|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|BRL|MXN|ZAR|RUB|TRY|KRW|SGD|HKD"
    "|COP|CLP|ARS|NGN|PKR"
)
_MONEY_BEFORE = re.compile(rf"(?:[\u00a3\u00a5\u20a0-\u20bf$]|\b(?:{_CODES}|Rs\.?))[ \u00a0]?$", re.IGNORECASE)
_UNIT_AFTER = re.compile(
    rf"[ \u00a0]?(?:[%\u2030\u00a3\u00a5\u20a0-\u20bf$\u5143\u5186]|(?:{_CODES}|dollars?|euros?|pounds?|rupees?|yen"
    r"|yuan|francs?|pesos?|million|billion|credits?|ects|points?|students?|learners?|people|users|inhabitants|participants|km|hours?|hrs?|kr)\b)",
    re.IGNORECASE,
)
_NAME_BEFORE = re.compile(r"[A-Za-z]-$")  # `INV-2024-001234`
_YEAR = re.compile(r"(?:19|20)\d\d")
_COMPACT_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_DECIMAL = re.compile(r"\d{1,3}\.\d+")
_RANGE = re.compile(r"([1-9]\d{3,7})[ ]?[-/\u2010-\u2015][ ]?([1-9]\d{3,7})")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:([ .\u00a0])\d{3})(?:\1\d{3})+")
_LIST = re.compile(r"[1-9]\d{0,2}(?:/[1-9]\d{0,2}){2,}")  # `30/60/90/120`
_SHAPED = re.compile(  # as telephone numbers are written: with a 0 first, an area's code in brackets, 3-3-4, 5 and 5
    r"\(?0.*|\(.*|1?[-. ]?[2-9]\d\d[-. ][2-9]\d\d[-. ]\d{4}|[6-9]\d{4}[- ]\d{5}"
)


def kind_of(text: str, start: int, end: int) -> str:
    """Return CARD or PHONE for the digits at that place of a text, or nothing where they are nobody's."""
    number = unicodedata.normalize("NFKC", text[start:end])
    groups = re.findall(r"\d+", number)
    digits = "".join(groups)
    if _is_isbn(number, digits):
        return ""
    if number.startswith("+"):
        return PHONE if len(digits) >= FEWEST_ABROAD else ""
    if _holds_card(groups):
        return CARD
    said = _said(text[max(0, start - BEFORE) : start], text[end : end + AFTER])
    if said == PHONE and not _is_years(groups):
        return PHONE if len(digits) >= FEWEST_NAMED else ""
    is_part = _NAME_BEFORE.search(text[max(0, start - 2) : start]) is not None
    if len(digits) < FEWEST or said == "reference" or is_part or _is_plain(number, groups):
        return ""
    if _SHAPED.fullmatch(number):
        return PHONE
    return "" if said == "amount" or _has_unit(text, start, end) else PHONE


def _said(before: str, after: str) -> str:
    """What the nearest words say that it is: PHONE, `reference`, `amount` or nothing."""
    last = None
    for found in _SAYS.finditer(before):
        last = found
    if _SAID_AFTER.match(after):
        return PHONE
    if last is None or last.lastgroup is None:
        return ""
    if last["reference"] is not None or last["hash"] is not None:
        return "reference"
    return PHONE if last["phone"] is not None else "amount"


def _has_unit(text: str, start: int, end: int) -> bool:
    return bool(_MONEY_BEFORE.search(text[max(0, start - 6) : start]) or _UNIT_AFTER.match(text, end, end + AFTER))


def _is_isbn(number: str, digits: str) -> bool:
    if len(digits) == 13:
        return digits.startswith(("978", "979")) and isbn.is_valid(digits)
    return len(digits) == 10 and number.count("-") == 3 and number[-2:-1] == "-" and isbn.is_valid(digits)


def _holds_card(groups: list[str]) -> bool:
    """Whether the first groups are a card's number: what follows may be its date."""
    digits = ""
    for group in groups:
        digits += group
        if FEWEST_OF_CARD <= len(digits) <= MOST_OF_CARD and digits[0] != "0" and luhn.is_valid(digits):
            return True
    return False


def _is_plain(number: str, groups: list[str]) -> bool:
    """Whether its form is that of years, days, amounts, marks or addresses of machines."""
    return (
        _is_years(groups)
        or all(_COMPACT_DATE.fullmatch(group) for group in groups)
        or _is_range(number)
        or _is_amount(number, groups)
        or _LIST.fullmatch(number) is not None
        or _is_decimals(number.split())
        or _is_machine(number, groups)
    )


def _is_years(groups: list[str]) -> bool:
    return all(_YEAR.fullmatch(group) for group in groups)


def _is_range(number: str) -> bool:
    """`20000-25000`: from a round number to a greater one."""
    found = _RANGE.fullmatch(number)
    return bool(found) and int(found[1]) < int(found[2]) and all(one[-1] in "09" for one in found.groups())


def _is_amount(number: str, groups: list[str]) -> bool:
    """Thousands apart, or several round numbers."""
    if len(groups) > 1 and all(len(group) > 3 and group.endswith("00") and group[0] != "0" for group in groups):
        return True
    return bool(_THOUSANDS.fullmatch(number)) and (len(groups[0]) < 3 and "." in number or groups[-1] == "000")


def _is_decimals(words: list[str]) -> bool:
    """`7.5 8.0 6.5`, `48.8566 2.3522`, `3.14159265`."""
    tenths = len(words) > 1 and all(re.fullmatch(r"\d{1,3}\.\d", word) for word in words)
    return tenths or all(_DECIMAL.fullmatch(word) and not re.match(r"0\d", word) for word in words)


def _is_machine(number: str, groups: list[str]) -> bool:
    """`192.168.0.1`."""
    parts = number.split(".")
    return len(parts) == 4 and parts == groups and max(map(len, groups)) == 3 and all(int(one) < 256 for one in groups)
