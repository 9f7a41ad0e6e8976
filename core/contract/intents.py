"""The intents that code relies on by name; tests/test_contract.py holds them against domain.yml.

An intent that only domain.yml, its data and one action know need not stand here.
"""

from __future__ import annotations

ASK_TOPIC = "ask_topic"  # the only intent whose training examples carry a topic
ASK_ABOUT = "ask_about"
ASK_BEST_DESTINATION = "ask_best_destination"
ASK_BEST_TYPE = "ask_best_type"
ASK_RECOGNITION = "ask_recognition"
COMPARE = "compare"
FIND_PROGRAMS = "find_programs"
REFINE = "refine"
CHOOSE_HELP = "choose_help"
ASK_ADVICE = "ask_advice"
SUM_UP = "sum_up"
MORE = "more"
AFFIRM = "affirm"
DENY = "deny"
GREET = "greet"
THANK = "thank"
PRAISE = "praise"
GOODBYE = "goodbye"
ASK_HELP = "ask_help"
ASK_LANGUAGE = "ask_language"
WANT_PERSON = "want_person"
GIVE_CONTACT = "give_contact"
DISTRESS = "distress"
FEEL_LOW = "feel_low"
NONSENSE = "nonsense"
OUT_OF_SCOPE = "out_of_scope"
# Set by the engine's component alone; no training example has them.
NOT_UNDERSTOOD = "nlu_fallback"
NOTHING_SAID = "say_nothing"

# What is answered from the knowledge base, and declined if the question is nearer to what that leaves open.
ANSWERING = (ASK_TOPIC, ASK_ABOUT, ASK_BEST_DESTINATION, ASK_BEST_TYPE, ASK_RECOGNITION, COMPARE, FIND_PROGRAMS)
RASA_COMMANDS = ("restart", "session_start", "back")  # Rasa's own, which no visitor may trigger
