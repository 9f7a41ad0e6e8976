"""The form in which a message asks: phrasings in many voices, and the form that each has."""

from __future__ import annotations

import pytest

from core.contract.question_forms import CLAIM_FORMS, FORMS, STATEMENT
from nlu.extraction.question_form import question_form

ASKED = {
    "yes_no": [
        "Is it recognised in other countries?",
        "is this legit",
        "so basically is it like a small degree",
        "Do employers care about these certificates?",
        "can i study while working full time",
        "does it count towards a masters",
        "Are these any good for nurses?",
        "hi, do u need any experience to join",
        "I would like to know if a badge helps in getting a job.",
        "can you tell me whether these courses are accepted by hospitals",
        "any idea if they give loans for it",
        "will my boss even know what this is?",
        "so it's free right?",
        "they are accepted everywhere, no?",
        "u need a degree for this?",
        "I have a diploma in nursing from Kenya. Would I be allowed to take one of these?",
        "For a teacher with two kids, is it realistic?",
        "when I finish, can I use it for a degree?",
        "isnt it a waste of money",
        "kya ye valid hai",
        "visa milega kya?",
        "pwede ba ito sa nurses",
        "any discount for students?",
        "recognised?",
        "is it true or not that they replace degrees",
        "Could I do one before university or something?",
        "My question is: are they worth the money?",
        "possible to finish one in my lunch breaks?",
        "do you know if credits transfer",
        "wondering whether hr people look at badges at all",
        "Good morning sir, please is this certificate accepted in the bank sector?",
        "should i worry about fake providers",
        "there is an exam at the end, right",
        "is there any chance to get help with the fees",
        "worth it?",
    ],
    "what": [
        "What is a digital badge?",
        "whats a nanodegree",
        "wat is this thing abt stacking",
        "can u explain what a bootcamp is",
        "tell me about stackable credits",
        "What happens if I fail?",
        "what are the downsides",
        "Please explain to me what recognition means here.",
        "any idea what they teach",
        "micro-credential: what is it",
        "what's the difference between a badge and a certificate",
        "what does my employer get out of it",
        "I don't understand what makes up a credit",
    ],
    "which": [
        "Which universities offer these?",
        "which ones suit a beginner",
        "what kind of courses are there",
        "in which fields can I study",
        "can you tell me which platforms are serious",
        "for someone in retail, which one fits",
        "What skills do they teach?",
        "wich country has courses in leadership",
    ],
    "who": [
        "Who runs these courses?",
        "any idea who runs these",
        "who is this for",
        "by whom are they issued",
        "do you know who checks the quality",
        "whos behind them",
        "Whose name stands on the paper?",
        "it's given by who?",
    ],
    "where": [
        "Where can I take one?",
        "where do i find the list of partners",
        "whr can i apply",
        "could you tell me where these are popular",
        "from where do people join",
        "what countries offer them",
    ],
    "when": [
        "When does it start?",
        "when can i join",
        "by when must I apply",
        "how soon can I begin",
        "do you know when the next intake is",
        "what time are live classes",
        "kab start hota hai",
    ],
    "how": [
        "How do I choose a good one?",
        "how can i check if its real",
        "how to apply",
        "hw does it work",
        "any idea how they are assessed",
        "How are they different from degrees?",
        "I was wondering how employers see these",
        "how hard is it",
        "kaise apply kare",
    ],
    "how_long": [
        "How long do they take?",
        "can u tell me how long",
        "it takes how long?",
        "how many weeks is it",
        "How much time should I plan per week?",
        "what is the duration",
        "how quickly can I finish one",
        "kitna time lagega",
        "how many hours a week do i need",
    ],
    "how_many": [
        "How many universities take part?",
        "hw many types are there",
        "do you know how many people finish",
        "how many can i combine",
        "what number of credits is usual",
    ],
    "how_much": [
        "How much does it cost?",
        "how much",
        "fees kitni hai",
        "fees how much",
        "what are the fees",
        "what does a bootcamp cost",
        "how expensive are they",
        "magkano ang bayad",
        "Could you please tell me how much I would have to pay?",
    ],
    "why": [
        "Why do people take these?",
        "why",
        "how come employers like them",
        "y should i study abroad",
        "what's the point of a badge",
        "what is the reason they cost less",
        "any idea why banks don't accept them",
        "what makes them better than youtube",
        "bakit kailangan ito",
    ],
    "example": [
        "Can you give me an example?",
        "for example?",
        "examples pls",
        "what are some examples of providers",
        "give me one example of a stackable course",
        "What would be an example of a good goal?",
        "do you have any examples",
        "name an example",
    ],
    "list": [
        "List all the types.",
        "name the platforms",
        "give me the full list of industries",
        "show me all countries",
        "what all can i study",
        "can you give me a list of benefits",
        "list of universities please",
    ],
    "or": [
        "Is it online or on campus?",
        "online or on campus?",
        "should i take a degree or a badge",
        "which is better, bootcamp or nanodegree?",
        "I want to know if I should pick a long or a short one",
        "do they teach theory or practice",
        "certificate vs diploma?",
    ],
    "most": [
        "Which country is the most popular?",
        "what is the best platform",
        "whats the cheapest option",
        "Which fields are most in demand?",
        "who is the biggest provider",
        "where are the best courses",
        "can you tell me which type is the shortest",
    ],
    STATEMENT: [
        "I am a nurse from Manila.",
        "thanks a lot",
        "bootcamps",
        "visa",
        "I finished school last year and I have no idea",
        "data analytics in Canada",
        "ok",
        "I don't want anything online",
        "",
        "???",
        "my cousin told me they are great",
        "When I was young I studied law.",
    ],
}
CASES = [(text, form) for form, texts in ASKED.items() for text in texts]


@pytest.mark.parametrize(("text", "form"), CASES, ids=[text[:50] for text, _ in CASES])
def test_form_is_read(text, form) -> None:
    assert question_form(text) == form


def test_table_is_wide() -> None:
    assert len(CASES) >= 120
    assert set(ASKED) == set(FORMS) and set(CLAIM_FORMS) == set(FORMS) - {STATEMENT}


@pytest.mark.parametrize(
    "text", ["so " * 700, "can you tell me " * 150, "what if " * 300, "a, " * 700, "how " * 600, "?" * 2000]
)
def test_long_nonsense_is_read_quickly(text, benchmarked=0.05) -> None:
    import time

    began = time.thread_time()
    assert question_form(text) in FORMS
    assert time.thread_time() - began < benchmarked
