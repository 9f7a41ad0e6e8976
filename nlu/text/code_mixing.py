"""English for the Hindi, Pidgin and Tagalog words that people mix into English in Latin letters ("kitna time lagega").

The sentence model knows English only. These words are written in English before a message is read, in training as in use, so
that "fees kitni hai" is as near to "how much are the fees" as another English question. Words that are English too ("me",
"fit", "go"), or that another language of nlu/text/language_id.py shares ("ano", "gusto"), are left alone.
"""

from __future__ import annotations

import re

_MEANINGS = {
    # Hindi and Urdu: questions
    "what": "kya kyaa",
    "which": "kaun kaunsa kaunsi kaunse konsa konsi konse kis kisi wey",
    "how": "kaise kese kaisa kaisi paano",
    "how much": "kitna kitni magkano",
    "how many": "kitne",
    "when": "kab kailan",
    "where": "kahan kaha kahaan kidhar saan",
    "why": "kyun kyu kyon bakit",
    # what is done
    "need": "chahiye chahie zaroorat zarurat kailangan",
    "can": "sakta sakti sakte paunga payenge pwede",
    "get": "milega milegi milta milti milte milenge",
    "do": "karna karne karu karun karte karta karti karega karo kare karenge",
    "will be": "hoga hogi honge",
    "is": "hota hoti hote hain dey",
    "take": "lagega lagegi lagta lagti lagenge",
    "want": "chahta chahti chahte",
    "study": "padhai padhna padhne padh padhte parhna",
    "learn": "seekhna sikhna seekhne sikhne seekh",
    "teach": "sikhate sikhata padhate padhata",
    "tell": "batao bataiye bata bataye batana",
    "explain": "samjhao samjhaiye samjhana",
    "show": "dikhao dikhaiye",
    "choose": "chunna chunu chune chunte",
    "go": "jaana jaaye jaun jau",
    "work": "kaam trabaho chalega chalta chalegi",
    "start": "shuru",
    "finish": "khatam poora",
    "accept": "manegi maanegi maanengi manenge maante maanti mante manti maanya",
    "help": "madad",
    "rise": "upar",
    # things
    "money": "paisa paise paisay rupaye",
    "cost": "kharcha kharch kharche",
    "country": "desh mulk bansa",
    "abroad": "bahar videsh baahar obodo oyinbo",
    "job": "naukri naukari",
    "home": "ghar",
    "time": "samay waqt",
    "days": "dinon",
    "weeks": "hafta hafte hafto",
    "months": "mahina mahine mahino",
    "years": "saal saalon",
    "recognition": "manyata maanyata",
    "benefit": "fayda faida faayda fayde",
    "disadvantages": "nuksan nuksaan kamiyan",
    "problem": "dikkat pareshani wahala",
    "difference": "farak fark antar",
    "meaning": "matlab",
    "people": "logon",
    "government": "sarkar sarkaar sarkari",
    "question": "sawal sawaal",
    "answer": "jawab jawaab",
    "thing": "cheez cheezo cheezein",
    # how things are
    "good": "accha acha achha acchi achhi acche achi theek thik",
    "most": "sabse",
    "more": "zyada jyada zyaada",
    "cheap": "sasta sasti saste mura",
    "expensive": "mehnga mehengi mehenga mehngi",
    "short": "chota choti chote chhota",
    "new": "naya nayi naye",
    "right": "sahi",
    "wrong": "galat ghalat",
    "real": "asli",
    "fake": "nakli naqli",
    "easy": "aasan asaan",
    "difficult": "mushkil kathin",
    "necessary": "zaroori zaruri jaruri",
    "completely": "bilkul",
    "quickly": "jaldi",
    # small words
    "not": "nahi nahin nai",
    "for": "liye liya",
    "me": "mujhe mujhko ako",
    "my": "mera meri",
    "our": "hamara hamare",
    "and": "aur",
    "or": "yaa",
    "also": "bhi",
    "only": "sirf",
    "any": "koi",
    "something": "kuch kuchh",
    "all": "saare sabhi sab",
    "later": "aage",
    "after": "baad",
    "before": "pehle pahle",
    "with": "saath sath",
    "without": "bina",
    "this": "iska iski isme isko",
    # Pidgin
    "what is": "wetin",
    "please": "abeg",
    "know": "sabi",
}
ENGLISH_FOR = {word: meaning for meaning, words in _MEANINGS.items() for word in words.split()}
# Say nothing by themselves, but tell what a message is.
_SMALL = {"ka", "ki", "ke", "ko", "aap", "hum", "tum", "ye", "yeh", "hu", "hoon"}
_WORD = re.compile(r"[^\W_]+")
MIXED = 2  # such words from which a message is no other language; in one of two or three words, one is enough


def is_code_mixed(text: str) -> bool:
    """Whether a message is English with such words in it, or Hindi in Latin letters, and not some other language."""
    words = _WORD.findall(text.lower())
    found = sum(word in ENGLISH_FOR or word in _SMALL for word in words)
    return found >= MIXED or (found == 1 and len(words) <= MIXED + 1)
