"""Classification of digit sequences: telephone number, card number, or nothing personal (a price, a year, a reference).

Numbers are classified by their form, by the words beside them and by their check digits. A long number about which nothing is
known counts as a telephone number, since one masked wrongly costs staff only a click.
"""

from __future__ import annotations

import re
import unicodedata

from stdnum import isbn, luhn

from core.translations import marked

CARD, PHONE = marked("card"), marked("phone")
# Not after an ASCII letter or a decimal point. Letters of scripts without spaces may stand beside it.
DIGITS = re.compile(
    r"(?<![0-9A-Za-z_])(?<!\d[,.])[+\uff0b]?\(?\d(?:[ \t().\-/\u2010-\u2015\u00a0]{0,3}\d){5,18}(?![0-9A-Za-z_])"
)
# Minimum digits of a telephone number: alone, beside words such as "phone", with a plus.
FEWEST, FEWEST_NAMED, FEWEST_INTERNATIONAL = 8, 6, 7
FEWEST_OF_CARD, MOST_OF_CARD = 13, 19
BEFORE, AFTER = 48, 24  # characters beside a number that are searched for words about it

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
_WORDS_BEFORE = re.compile(
    rf"\b(?P<reference>(?:{_REFERENCE})(?:[ -]?(?:number|no|nr|id|code|ref|13|10)\b\.?){{0,2}}"
    rf"(?: (?:is|was|are))?(?P<beside>[ \t.:=#(\"']*)$)"
    rf"|\b(?P<amount>{_AMOUNT})\b"
    rf"|(?P<phone>\b(?:{_PHONE})\b|\u7535\u8bdd|\u96fb\u8a71|\u624b\u673a|\u624b\u6a5f|\u643a\u5e2f|\u0e42\u0e17\u0e23)"
    rf"|(?P<hash>#[ ]?$)",
    re.IGNORECASE,
)
_PHONE_WORDS_AFTER = re.compile(
    r"[ \t,)]{0,3}(?:is|are|=|-)?[ ]?(?:my|our|the)? ?(?:new )?(?:phone|mobile|cell|number|whats ?app|handy)\b",
    re.IGNORECASE,
)
_CURRENCY_CODES = (
    "EUR|USD|GBP|CHF|INR|JPY|CNY|RMB|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|BRL|MXN|ZAR|RUB|TRY|KRW|SGD|HKD"
    "|COP|CLP|ARS|NGN|PKR"
)
_MONEY_BEFORE = re.compile(rf"(?:[\u00a3\u00a5\u20a0-\u20bf$]|\b(?:{_CURRENCY_CODES}|Rs\.?))[ \u00a0]?$", re.IGNORECASE)
_UNIT_AFTER = re.compile(
    rf"[ \u00a0]?(?:[%\u2030\u00a3\u00a5\u20a0-\u20bf$\u5143\u5186]|(?:{_CURRENCY_CODES}|dollars?|euros?|pounds?|rupees?|yen"
    r"|yuan|francs?|pesos?|million|billion|credits?|ects|points?|students?|learners?|people|users|inhabitants|participants|km|hours?|hrs?|kr)\b)",
    re.IGNORECASE,
)
_PREFIX_BEFORE = re.compile(r"[A-Za-z]-$")  # `INV-2024-001234`
_YEAR = re.compile(r"(?:19|20)\d\d")
_COMPACT_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_DECIMAL = re.compile(r"\d{1,3}\.\d+")
_RANGE = re.compile(r"([1-9]\d{3,7})[ ]?[-/\u2010-\u2015][ ]?([1-9]\d{3,7})")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:([ .\u00a0])\d{3})(?:\1\d{3})+")
_LIST = re.compile(r"[1-9]\d{0,2}(?:/[1-9]\d{0,2}){2,}")  # `30/60/90/120`
_PHONE_FORMAT = re.compile(  # a leading 0, an area code in brackets, groups of 3-3-4 or 5-5 digits
    r"\(?0.*|\(.*|1?[-. ]?[2-9]\d\d[-. ][2-9]\d\d[-. ]\d{4}|[6-9]\d{4}[- ]\d{5}"
)


def kind_of(text: str, start: int, end: int) -> str:
    """Return CARD or PHONE for the digits from `start` to `end` of a text, or "" if they are not personal data."""
    number = unicodedata.normalize("NFKC", text[start:end])
    groups = re.findall(r"\d+", number)
    digits = "".join(groups)
    if _is_isbn(number, digits):
        return ""
    if number.startswith("+"):
        return PHONE if len(digits) >= FEWEST_INTERNATIONAL else ""
    if _contains_card(groups):
        return CARD
    context = _context(text[max(0, start - BEFORE) : start], text[end : end + AFTER])
    if context == PHONE and not _is_years(groups):
        return PHONE if len(digits) >= FEWEST_NAMED else ""
    is_part = _PREFIX_BEFORE.search(text[max(0, start - 2) : start]) is not None
    if len(digits) < FEWEST or context == "reference" or is_part or _is_impersonal(number, groups):
        return ""
    if _PHONE_FORMAT.fullmatch(number):
        return PHONE
    return "" if context == "amount" or _has_unit(text, start, end) else PHONE


def _context(before: str, after: str) -> str:
    """Return what the nearest words call the number: PHONE, "reference", "amount" or ""."""
    last = None
    for match in _WORDS_BEFORE.finditer(before):
        last = match
    if _PHONE_WORDS_AFTER.match(after):
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


def _contains_card(groups: list[str]) -> bool:
    """Check if the first groups are a card number; the remaining ones may be its expiry date."""
    digits = ""
    for group in groups:
        digits += group
        if FEWEST_OF_CARD <= len(digits) <= MOST_OF_CARD and digits[0] != "0" and luhn.is_valid(digits):
            return True
    return False


def _is_impersonal(number: str, groups: list[str]) -> bool:
    """Check for the form of years, dates, ranges, amounts, lists, decimals or IP addresses."""
    return (
        _is_years(groups)
        or all(_COMPACT_DATE.fullmatch(group) for group in groups)
        or _is_range(number)
        or _is_amount(number, groups)
        or _LIST.fullmatch(number) is not None
        or _is_decimals(number.split())
        or _is_ip_address(number, groups)
    )


def _is_years(groups: list[str]) -> bool:
    return all(_YEAR.fullmatch(group) for group in groups)


def _is_range(number: str) -> bool:
    """Check for a range from a round number to a greater one, such as `20000-25000`."""
    match = _RANGE.fullmatch(number)
    return match is not None and int(match[1]) < int(match[2]) and all(each[-1] in "09" for each in match.groups())


def _is_amount(number: str, groups: list[str]) -> bool:
    """Check for grouped thousands or several round numbers."""
    if len(groups) > 1 and all(len(group) > 3 and group.endswith("00") and group[0] != "0" for group in groups):
        return True
    return bool(_THOUSANDS.fullmatch(number)) and (len(groups[0]) < 3 and "." in number or groups[-1] == "000")


def _is_decimals(words: list[str]) -> bool:
    """Check for decimals, such as `7.5 8.0 6.5`, `48.8566 2.3522` or `3.14159265`."""
    tenths = len(words) > 1 and all(re.fullmatch(r"\d{1,3}\.\d", word) for word in words)
    return tenths or all(_DECIMAL.fullmatch(word) and not re.match(r"0\d", word) for word in words)


def _is_ip_address(number: str, groups: list[str]) -> bool:
    """Check for an IPv4 address with a group of three digits, such as `192.168.0.1`."""
    parts = number.split(".")
    return (
        len(parts) == 4 and parts == groups and max(map(len, groups)) == 3 and all(int(each) < 256 for each in groups)
    )
