"""Tells in which form a message asks, which is the form that the first words of its answer must have.

"Is it hard?" wants a yes or a no, "how long does it take?" a length of time, "who runs these?" names. The form is read from
question words, from the order of verb and subject, and from the words around them ("any idea who ..."), never from what the
question is about. A message of several sentences has the form of its first one that asks.
"""

from __future__ import annotations

import re

from core.contract.question_forms import (
    EXAMPLE,
    HOW,
    HOW_LONG,
    HOW_MANY,
    HOW_MUCH,
    LIST,
    MOST,
    OR,
    STATEMENT,
    WHAT,
    WHEN,
    WHERE,
    WHICH,
    WHO,
    WHY,
    YES_NO,
)
from nlu.data_files import read_words
from nlu.text.bounds import one_spaced
from nlu.text.code_mixing import ENGLISH_FOR

MOST_READ = 600  # characters of a message that are read; a form shows itself early or never
POINTS_BACK = 3  # words up to which a question asks nothing by itself ("could it?")
FEW_WORDS = 3  # words up to which a sentence may be a bare adjective ("recognised?") and no sentence
_SHORT_FORMS = {
    **ENGLISH_FOR,
    **read_words("short_forms"),
    "y": "why",
    "whr's": "where is",
    "wich": "which",
    "whos": "who is",
    "sino": "who",
    "saan": "where",
}
_WORD = re.compile(r"[^\W_]+(?:['/][^\W_]+)*")
_SENTENCE = re.compile(r"(?<=[.?!;\n])\s+")
_CLAUSE = re.compile(r" ?(?:,|:| [-\u2013\u2014]{1,3} |\.{2,9}|\u2026) ?")

_NOT = r"(?:n't|\snot)?"
_AUX = (
    r"(?:is|are|am|was|were|do|does|did|can|could|will|would|shall|should|has|have|had|may|might|must|ain't|cannot|r)"
    rf"{_NOT}"
)
# What people say before the question itself; each is taken away as often as it stands there.
_OPENERS = re.compile(
    r"(?:so|ok|okay|well|and|but|also|actually|basically|hey|hi|hello|hiya|dear(?: \w+)?|sir|madam|ma'?am|please|kindly|"
    r"just|now|then|um+|uh+|hm+|like|look|listen|right|yes|yeah|no|oh|ah|thanks?|thank you|sorry|excuse me|honestly|"
    r"seriously|by the way|good (?:morning|afternoon|evening|day)|"
    r"(?:another|one|a|quick|last|my|the|first|next|just a)(?: (?:more|other|quick|last|main|simple|small|silly|"
    r"dumb|stupid))? (?:question|doubt|thing|query)(?: is| here| for you| about this)?|question|"
    r"to be (?:honest|clear|frank)|in general|generally(?: speaking)?|in short|exactly|roughly|abeg|bhai|yaar|"
    r"there(?! (?:is|are|was|were|will|can|could|should|must|may)\b)|"
    r"team|everyone|all|friend|bro|mate|guys|actually|again)\b[\s,:;.!-]*"
)
# What turns the words after it into the question.
_EMBEDDED = re.compile(
    r"(?:(?:can|could|would|will|may)(?: you| u| someone| anyone| i| we)?(?: please| kindly| maybe| just)*"
    r"(?: tell| explain(?: to)?| show| let| help| advise| clarify(?: to)?| inform| give| have| get| ask| know)"
    r"(?: me| us)?(?: please)?(?: know| understand| a bit| in simple words| again)?(?: please)?|"
    r"(?:please |kindly |pls )?(?:tell|inform|advise)(?: me| us)(?: please)?|"
    r"(?:please |kindly )?let (?:me|us) know|"
    r"(?:do|does|did|would)(?: you| u| anyone| anybody| someone)(?: guys| people)?(?: happen to)? know|"
    r"(?:you|u) know|any(?:one|body) (?:here )?know|"
    r"(?:do you have |have you |got )?(?:any|an|some) (?:idea|clue|info(?:rmation)?)(?: on| about| of| as to)?|"
    r"i(?: am| was|'m)?(?: just| really| also| still| only)*(?: (?:wonder|wondering|curious|asking|unsure|"
    r"not sure|trying to (?:find out|"
    r"understand|know|work out|figure out)|confused)| (?:want|wanted|need|like|love|wish)(?:ed)? to (?:know|ask|"
    r"understand|learn|"
    r"find out|clarify|check)| (?:would|'d|should) (?:like|love) to (?:know|ask|understand|learn|find out|clarify)|"
    r" ask(?: you)?| do(?: not|n't) (?:know|understand|get|see)| can(?: ?not|'t) (?:tell|see|figure out|find(?: out)?))"
    r"(?: if you (?:can|could) tell me)?(?: about| to know)?|"
    r"(?:wondering|curious|not sure|unsure|confused|no idea|want(?:ed)? to know|need to know|asking)(?: about| to know)?|"
    r"(?:may|might|can|could) (?:i|we) (?:please )?(?:know|ask)|"
    r"(?:what i (?:want|need|would like) to know is|i'?m asking|what i'?m asking is|the thing is|my question is|it is unclear)|"
    r"(?:can|could|would|will) (?:you|u)(?: please| kindly| maybe| just)*|"
    r"explain(?: to me)?(?: please)?|clarify|remind me)\b[\s,:;.-]*(?:that |about )?"
)
_ASKS_INSIDE = re.compile(
    r"(?:if|whether|wether|weather)\b|what|which|who|where|when|how|why|(?:is|are|do|does|can|will|should)\b"
)
# What a request or a bare noun asks for, by the words that it begins with.
_THING_ASKED = (
    (
        EXAMPLE,
        r"(?:(?:give|show|name|share|tell|list|cite)(?: me| us)? )?(?:(?:an|one|some|any|a few|two|three|more|"
        r"real(?:[- ]life)?|"
        r"concrete|good|\d)(?: \w+)? )?(?:examples?|instances?|e\.?g\.?|samples?)\b|for (?:example|instance)\b",
    ),
    (
        EXAMPLE,
        r"(?:name|suggest|mention|give me|show me|give) (?:just |me |at least )?(?:a|an|one|some|a few|a couple|"
        r"two|three|something|someone)\b(?! (?:list|overview))",
    ),
    (
        LIST,
        r"(?:list|enumerate|name)\b|(?:give|show|tell|send)(?: me| us)? (?:the |a |your |me )?(?:full |complete |whole )?"
        r"(?:list|all|names?|everything)\b|(?:the |a )?(?:full |complete )?list (?:of|all)\b|all the\b",
    ),
    (HOW_MANY, r"(?:the )?(?:total )?(?:number|no\.?) of\b"),
    (HOW_LONG, r"(?:the )?(?:total |typical |average |usual |course )?(?:duration|length|time ?frame|time needed)\b"),
    (
        HOW_MUCH,
        r"(?:the )?(?:total |typical |average |usual |course |exact )?(?:costs?|prices?|fees?|tuition|amount)\b",
    ),
    (WHY, r"(?:the )?(?:main |real )?reasons?\b|(?:the )?point of\b|because of what\b"),
    (
        WHAT,
        r"(?:(?:tell|teach)(?: me| us)?(?: \w+)? about|describe|define|explain|the (?:difference|meaning|"
        r"definition)|(?:the )?(?:meaning|definition) of|difference between)\b",
    ),
)
_THINGS_ASKED = [(form, re.compile(pattern)) for form, pattern in _THING_ASKED]
_SUPERLATIVE = re.compile(
    r"\bthe most\b|\bmost (?:popular|common|important|useful|valuable|recogni[sz]ed|respected|in[- ]demand|likely|trusted|"
    r"famous|affordable|expensive|suitable|effective|flexible|accepted|relevant|demanded|reputed|frequent|often)\b|"
    r"\b(?:best|cheapest|fastest|quickest|easiest|biggest|largest|greatest|strongest|shortest|longest|hardest|worst|highest|"
    r"lowest|top|number one|no\.? ?1|leading|least|favou?rite|safest|toughest)\b"
)
_QUESTION_WORDS = (
    (
        HOW_LONG,
        r"how (?:long|much (?:more |longer |of my )?time|(?:quick|fast)(?:ly)?|lengthy)\b|"
        r"how (?:many|much) (?:\w+ )?(?:hours?|hrs?|days?|weeks?|wks?|months?|years?|semesters?|evenings?|weekends?)\b|"
        r"what (?:is |are |'s )?(?:the |a )?(?:typical |usual |average |total |normal )?(?:duration|length|time ?frame)s?\b|"
        r"what length\b",
    ),
    (
        HOW_MUCH,
        r"how (?:much|expensive|costly|pricey|cheap|affordable)\b|at what (?:cost|price)\b|"
        r"what (?:(?:is|are|'s|would be|will be) )?(?:the |a |your )?(?:total |typical |usual |average |exact |"
        r"course |tuition )?"
        r"(?:costs?|prices?|fees?|tuition|charges?)\b|what (?:do|does|will|would) \w+(?: \w+)? cost\b",
    ),
    (HOW_MANY, r"how many\b|what (?:is the )?number of\b"),
    (
        WHY,
        r"why\b|how come\b|(?:for )?what(?:'s| is| are| was)? (?:the )?(?:main |real |whole )?(?:reasons?|point|purpose|use)\b|"
        r"what for\b|what (?:makes?|made|drives?|drove|pushe[sd]|caused?|led)\b(?! up)|for what (?:reason|purpose)\b",
    ),
    (
        WHEN,
        r"(?:since |by |until |till |from )?when\b|how soon\b|(?:at |by |on |in )?what (?:time|date|day|month|"
        r"year|age|stage|point)\b",
    ),
    (
        HOW,
        r"(?:in what ways?|by what means|how|what (?:can|could|should) (?:i|we|one|you|people) do (?:against|about|to|so))\b",
    ),
    (WHO, r"(?:by |to |for |with |from )?(?:who(?:'s|m|se)?)\b"),
    (
        WHERE,
        r"(?:from |to )?where(?:'s|abouts)?\b|(?:in |to |at |from )?what (?:countr(?:y|ies)|places?|cit(?:y|ies)|locations?)\b",
    ),
    (
        WHICH,
        r"(?:in |at |by |for |from |with |to |of )?which\b|"
        r"(?:in |at |by |for |from |with |to |of )?what (?:(?:kinds?|types?|sorts?|level)\b|"
        rf"(?!exactly|really|else|actually|on|it|that|this|they|{_AUX}\b)\w+ {_AUX}\b)",
    ),
    (WHAT, r"(?:about |for |with |of |in |at |to |on )?what(?:'s|ever)?\b|wdym\b|meaning of\b"),
)
_WORDS_ASKED = [(form, re.compile(pattern)) for form, pattern in _QUESTION_WORDS]
_ANYWHERE = re.compile(rf"\b(?:{'|'.join(pattern for _, pattern in _QUESTION_WORDS)})")
_EXAMPLE_ASKED = re.compile(
    r"\b(?:what|which|who|any|some|have|got|give|see|an|one)\b.{0,40}\b(?:examples?|instances?)\b"
)
_LIST_ASKED = re.compile(
    r"what all\b|which all\b|what are (?:all|the (?:different|various|main kinds))\b|what(?:'s| is) (?:on )?the list\b"
)
_CONJUNCTION = re.compile(
    r"(?:when|where|while|once|after|before|if|since|what|how)(?:ever)? (?:i|you|we|they|he|she|it|my|someone)\b"
)
_WHEN_CLAUSE = re.compile(
    r"when(?:ever)? (?:i|you|we|they|he|she|it|my|someone)\b(?! (?:can|could|should|must|will|need|may|have to)\b)"
)
_LATER = re.compile(
    r"\b(?:is|are|do|does|can|could|will|would|should|may) (?:i|you|we|they|he|she|it|this|that|these|there)\b"
)
# "From Peru can I do it online": a few words on oneself before a question without its sign.
_BEFORE_QUESTION = re.compile(
    r"(?:from|as|with|without|in|living in|being) (?:\w+ ){1,3}"
    r"(?=(?:can|could|do|does|is|are|am|will|would|should|may|must) (?:i|we|it|they|this|these|there)\b)"
)
# The no of the question itself, which turns no yes or no: "isn't it hard", "do they not count", "so it's not a degree?".
_NEGATED = re.compile(
    rf"^({_AUX.removesuffix(_NOT)})(?:n't|n?t\b| not\b)|^({_AUX.removesuffix(_NOT)}(?: \w+){{1,2}}) not\b|"
    rf"^((?:\w+ ){{0,2}}\w+(?:'s|'re|'ll| {_AUX.removesuffix(_NOT)}))(?: not|n't)\b"
)
_INVERTED = re.compile(rf"{_AUX}\b \w|{_AUX}\??$|anyone (?:can|need)|any chance\b")
_IF = re.compile(r"(?:if|whether|wether|weather)\b")
_ANY = re.compile(
    r"(?:is |are )?(?:there )?any(?:one|body|thing|where)?\b|need (?:a|an|to|any)\b|possible (?:to|for)\b|"
    r"ok(?:ay)? (?:to|if)\b|worth\b"
)
_TAG = re.compile(
    rf"\b(?:(?:right|correct|no|yes|true|ok|okay|yeah|innit|huh|eh|abi|diba|or not|or no|or nah)|"
    rf"{_AUX}(?:n't)? (?:it|they|that|i|you|we|there))\s*\?*$"
)
_NO_CHOICE = re.compile(
    r"\bor (?:not|no|nah|something|anything|so|what(?:ever)?|similar|such|any(?: other)?|some|other|more|less|"
    r"maybe|even)\b|\b(?:more|one|two|three|\d) or\b"
)
_CHOICE = re.compile(r"\b(?:or|vs\.?|versus)\b")
_BARE_ADJECTIVE = re.compile(
    r"(?:(?:is|are|it|they|these|fully|really|globally|internationally) ){0,3}\b\w{0,15}(?:ed|able|ible|legit|valid|"
    r"real|free|hard|easy|safe|fake|official|online|ok|stackable|true)\b(?: (?:everywhere|worldwide|abroad|there|"
    r"or not|anywhere|too))?$"
)
_EXAMPLE_LAST = re.compile(r"\b(?:e\.?g|examples?|for instance)(?: please| for \w+)?$")
_MEANS = re.compile(r"(?:\b(?:means?|meaning|full form)|=)$")
_HAS_VERB = re.compile(
    rf"=|\b(?:it|that|this|they|there|he|she|you|i|we)'(?:s|re|ll|d|m|ve)\b|"
    rf"\b(?:{_AUX}|still|possible|possibly|allowed|enough|useful|good for|ok|always|also|only|same|makes?|"
    rf"included?|require[sd]?|needed|need|needs|count|counts|get|gets|help|helps|work|works|accept|accepts|take|"
    rf"takes)\b"
)
_CODE_MIXED_YES_NO = re.compile(
    r"^(?:kya (?!(?:hai|hota|hoti|hote|h|karu|karna|kya)\b)|shey |does e |e fit )|\bkya\W*$|\bba\b|\babi\W*$"
)
_MIXED_WORD = re.compile(
    r"\b(?:kitn[aei]|kaise|kese|kaisa|kab|kaun(?:sa|si|se)?|kahan?|kyun?|kyon|ano|alin|paano|magkano|gaano|ilan|"
    r"kailan|bakit|sino|saan)\b"
)


def question_form(text: str) -> str:
    """Return the form in which a message asks, one of FORMS; STATEMENT if it does not ask."""
    sentences = [sentence for sentence in _SENTENCE.split(_plain(text).lower()) if _WORD.search(sentence)]
    forms = [_form_of(sentence) for sentence in sentences]
    marked = [form for sentence, form in zip(sentences, forms, strict=True) if "?" in sentence and form != STATEMENT]
    return next(iter(marked), next((form for form in forms if form != STATEMENT), STATEMENT))


def asked_sentence(text: str) -> str:
    """Return the sentence of a message that asks, as it was written, or "" if none does."""
    sentences = [sentence for sentence in _SENTENCE.split(_plain(text)) if _WORD.search(sentence)]
    asking = [one for one in sentences if _form_of(one.lower()) != STATEMENT]
    return next((one for one in asking if "?" in one), next(iter(asking), ""))


def _plain(text: str) -> str:
    return one_spaced(text[:MOST_READ]).replace("\u2019", "'").replace("\u2018", "'")


def asked_clause(text: str) -> str:
    """Return the words of a message that ask, in lower case, without what stands before the question and without a tag.

    "Isn't it hard?" asks what "is it hard?" does. What only points back ("could it?") asks with all that stands before it.
    """
    plain, asking = _plain(text).lower(), asked_sentence(text).lower()
    sentence = (asking or plain).strip(" ?!.\"'()")
    untagged = _TAG.sub("", sentence).strip(" ,?")
    clauses = [clause for clause in _CLAUSE.split(untagged or sentence) if clause]
    asks = next((one for one in _starts(clauses) if _form_at_start(one, sentence)), untagged or sentence)
    if untagged in ("", sentence) and len(_WORD.findall(asks)) <= POINTS_BACK:
        return plain
    asks = _without_openers(asks)[0] or asks
    if not asking or _form_at_start(asks, asks) not in ("", YES_NO, OR):
        return asks
    return _NEGATED.sub(lambda match: next(one for one in match.groups() if one), asks, count=1)


def asking_part(text: str) -> str:
    """Return the words of asked_clause as they stand in the message, or "" if they don't stand there so."""
    asks = asked_clause(text) if asked_sentence(text) else ""
    told = _BEFORE_QUESTION.match(asks)  # "as a Nepali do I need a visa"
    asks = asks[told.end() :] if told else asks
    at = text.lower().find(asks) if asks else -1
    return text[at : at + len(asks)] if at >= 0 else ""


def _form_of(sentence: str) -> str:
    """Return the form of one sentence in lower case."""
    mixed = _CODE_MIXED_YES_NO.search(sentence)
    if mixed and not _MIXED_WORD.search(sentence):
        return YES_NO
    asked = sentence.rstrip().endswith("?")
    words = _WORD.sub(lambda match: _SHORT_FORMS.get(match[0], match[0]), sentence).strip(" ?!.\"'()")
    clauses = [clause for clause in _CLAUSE.split(words) if clause]
    for start in _starts(clauses):
        form = _form_at_start(start, words)
        if form:
            return form
    return _form_elsewhere(words, asked)


def _starts(clauses: list[str]) -> list[str]:
    """Return the places where the question may begin: each clause, with all that follows it."""
    return [", ".join(clauses[number:]) for number in range(len(clauses))]


def _form_at_start(start: str, whole: str) -> str:
    """Return the form if a question begins here, after what people say first; "" if none does."""
    start, embedded = _without_openers(start)
    if not start:
        return ""
    if embedded and _IF.match(start):
        return OR if _is_choice(start) else YES_NO
    for form, pattern in _THINGS_ASKED:
        if pattern.match(start):
            return form
    if not embedded and (_CONJUNCTION.match(start) and "," in start or _WHEN_CLAUSE.match(start)):
        later = _LATER.search(start)  # "when I finish, can I ...": the question comes after the clause
        return _form_at_start(start[later.start() :], whole) if later and "," not in start else ""
    form = _form_of_word(start, whole)
    if form:
        return form
    if _INVERTED.match(start) or _ANY.match(start):
        return EXAMPLE if _EXAMPLE_ASKED.search(start) else OR if _is_choice(start) else YES_NO
    return ""


def _form_of_word(start: str, whole: str) -> str:
    """Return the form of the question word that the text begins with, or ""."""
    for form, pattern in _WORDS_ASKED:
        if pattern.match(start):
            if form in (WHAT, WHICH, WHO, WHERE, HOW) and _EXAMPLE_ASKED.match(start):
                return EXAMPLE
            if form in (WHAT, WHICH) and _LIST_ASKED.match(start):
                return LIST
            if form in (WHICH, WHAT, WHO) and re.search(
                r"\b(?:better|faster|cheaper|easier|stronger|safer|more \w+)\b.*\bor\b", whole
            ):
                return OR
            if form in (WHAT, WHICH, WHO, WHERE) and _SUPERLATIVE.search(start[:MOST_READ]):
                return MOST
            return form
    return ""


def _without_openers(start: str) -> tuple[str, bool]:
    """Return the text without what people say before a question, and whether those words announce one."""
    embedded = False
    while True:
        opener = _OPENERS.match(start)
        announced = _EMBEDDED.match(start)
        if announced and (
            _ASKS_INSIDE.match(start[announced.end() :])
            or any(p.match(start[announced.end() :]) for _, p in _THINGS_ASKED)
        ):
            start, embedded = start[announced.end() :], True
        elif opener and opener.end():
            start = start[opener.end() :]
        else:
            return start, embedded


def _form_elsewhere(words: str, asked: bool) -> str:
    """Return the form of a sentence that does not begin as a question: "it takes how long?", "so it's free?"."""
    inside = _ANYWHERE.search(words)
    if asked and _TAG.search(words):
        return YES_NO
    if inside and (asked or len(words.split()) <= 8) and not _CONJUNCTION.match(words[inside.start() :]):
        return _form_of_word(words[inside.start() :], words)
    if _TAG.search(words) and len(words.split()) > 1:
        return YES_NO
    if asked and _is_choice(words):
        return OR
    if told := _BEFORE_QUESTION.match(words):
        return OR if _is_choice(words[told.end() :]) else YES_NO
    if asked and _EXAMPLE_ASKED.search(words) or _EXAMPLE_LAST.search(words):
        return EXAMPLE
    if _MEANS.search(words):
        return WHAT
    count = len(words.split())
    if count <= FEW_WORDS:
        return YES_NO if _BARE_ADJECTIVE.match(words) and (asked or count > 1) else STATEMENT
    return YES_NO if asked and _HAS_VERB.search(words) else STATEMENT


def _is_choice(text: str) -> bool:
    """Return whether the text offers two things to choose from."""
    return bool(_CHOICE.search(text)) and not _NO_CHOICE.search(text)
