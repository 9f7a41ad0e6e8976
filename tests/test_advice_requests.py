"""Requests for advice, a summary or one thing, wishes said again, and questions "for me": conversations with the model."""

from __future__ import annotations

import pytest

from tests.engine_fixtures import Advisor
from tests.test_advice import FIELD_ASKED, Turn, missing, turn

DECLINES = ("I don't have anything on that", "outside what I know")
CONVERSATIONS: dict[str, list[Turn]] = {
    "training manager with a sum": [
        turn(
            "I run training at a shipyard, our staff should learn data analytics",
            "For your staff",
            "Data Analyst Nanodegree",
        ),
        turn("We can spend 2000 euros, is it enough?", "Whether 2,000 EUR is enough I can't tell", "no fees or prices"),
        turn(
            "Which drawbacks are there from our side as the employer?",
            "lists no risks of an employer",
            "Quality",
            never=("Visa and travel",),
        ),
        turn("Name me only the two main arguments against", "risks of an employer|I'd name first"),
        turn(
            "that is too expensive for us",
            "I know no price of a single course",
            "travel and living costs",
            never=DECLINES,
        ),
    ],
    "one of two, and why not the other": [
        turn("I want to learn cloud computing, I am new to it", "IBM Digital Badge in cloud computing"),
        turn("the IBM one or the AWS one, which would you take?", "I'd take IBM Digital Badge in cloud computing"),
        turn("why not the other one?", "Against it speaks"),
        turn("give me one argument for and one against", "For it:", "Against it:"),
    ],
    "no licence to keep": [
        turn(
            "I worked as a school teacher, retired now, and I'd like to do something in education",
            "educational leadership",
            never=("CPD",),
        ),
        turn(
            "CPD units keep a licence, but my licence I no longer need. I would like e-learning design",
            "e-learning design",
            never=("CPD", "licensing body"),
        ),
        turn("how are you doing, by the way?", "I'm a program", never=("automated assistant",)),
    ],
    "question beside a story": [
        turn(
            "I'm a plumber of 51 from Riga, sick of the work, and I'd like something with digital marketing. Am I too old?",
            "no age limits|worked for long",
            never=("I'd look first", "Yes."),
        ),
        turn("where is that popular then", "Australia", never=("on the rise",)),
        turn(
            "A mate of mine paid for a nanodegree in Oslo and it was useless. How do I tell a good course from a bad one?",
            "quality|accredit|recognise",
            never=("Nanodegrees", "Norway", "by its name"),
        ),
        turn("I don't like screens, so no online. Where could I go for it?", "Australia", never=("online course",)),
        turn("are you ok by the way?", "I'm a program", "next", never=("automated",)),
    ],
    "for a brother, and not a part of a destination": [
        turn("my little bro is 18 and wants to do something with green energy", "For your brother", "the EU"),
        turn("but not in Belgium, he was there once", "Bologna", never=("nowhere else", "KU Leuven")),
        turn("no he doesn't want AI, that was my idea", never=("AI is popular",)),
        turn("Have a nice evening and best regards from Oslo!", "Goodbye"),
    ],
    "blind visitor": [
        turn("hello, I'm blind and I'd like to learn data analytics", "Data Analyst Nanodegree"),
        turn("is the platform accessible?", "whether the platform is accessible", never=("Yes",)),
    ],
    "why there, amid a message": [
        turn("where is environmental science popular?", "New Zealand"),
        turn("that fits me well but why is new zealand any better than here", "qualifications framework"),
        turn("Will I find friends there, be honest", "You may", "limited"),
        turn("Put that into three lines for my report", "New Zealand.\nNew Zealand: Popular there", "\nBefore paying"),
    ],
    "for somebody at home": [
        turn(
            "My wife is a nurse from Peru, she'd like to get further. Ideas?",
            "For your wife",
            "clinical skills",
        ),
        turn(
            "what shall I say to her tonight?",
            "You could tell your wife this",
            "clinical skills",
            never=("outside what I know",),
        ),
        turn("in two sentences: what would you advise us?", "clinical skills", never=("1. ", "Your next steps")),
    ],
    "two fields, one of them nearer": [
        turn("I'm thinking of design or cybersecurity, three evenings a week", "For design", "cybersecurity"),
        turn("cybersecurity then. What does the IBM badge prove?", "IBM Digital Badge in cybersecurity"),
        turn(
            "and compared with the AWS one?", "AWS Certified Solutions Architect", "IBM Digital Badge in cybersecurity"
        ),
        turn("what is the one thing I must do?", "IBM Digital Badge in cybersecurity", never=("design",)),
    ],
    "artificial intelligence, SMS": [
        turn("hiya i wanna get into ai overseas", "nanodegree|AI is popular|popular in **the EU**"),
        turn("canada or germany, which suits me", "For AI", "Germany", "fits better", never=("Which one is yours",)),
        turn("i said ai already", "AI", never=("automated advisor", *DECLINES)),
        turn("so a nanodegree or the eu?", "Nanodegrees", "focus", "EU", never=("nine types",)),
        turn("recap", "the field is AI", never=("haven't told me",)),
    ],
    "tired teacher with two wishes": [
        turn(
            "I have been teaching for ten years, I'm burnt out and thinking about design or maybe data. Where should I begin?",
            "sounds tiring",
            "For design",
            "For data analytics",
            never=(FIELD_ASKED, "inclusive education"),
        ),
        turn("which of these two has more programs?", "Bootcamp in UX/UI design", "Data Analyst Nanodegree"),
        turn("ok, let's go with data then, in person please", "Data Analyst Nanodegree", never=("UX/UI",)),
        turn("no sorry, I meant online", "online", never=("in person",)),
        turn("some of that isn't about data", "data analytics", never=("UX/UI", *DECLINES)),
        turn("what single thing would you start with?", "Data Analyst Nanodegree", never=("1. ", "UX/UI")),
        turn("summarise please", "data analytics", "online", never=("in person", "design")),
    ],
    "bookkeeper without papers": [
        turn(
            "I am a bookkeeper from Syria, I have no papers",
            "hard position",
            never=("trouble with papers, you find",),
        ),
        turn(
            "I want to learn accounting",
            "I know of no program for accounting itself",
            "The closest is finance",
            "the UK",
        ),
        turn("promotion no, a job abroad", "for a job abroad", never=("aim is a promotion",)),
        turn("would anybody hire me with just that?", "promises no job", never=DECLINES),
    ],
    "father, worried": [
        turn(
            "my daughter studies agronomy in Peru and wants to go to Australia or New Zealand and I worry a lot",
            "natural to be worried",
            "agribusiness",
            "New Zealand",
            never=("Which field",),
        ),
        turn("which of the two countries suits her better?", "New Zealand", "fits better", "Australia"),
    ],
    "nurse for Canada": [
        turn("I'm a nurse from Ghana", "clinical skills"),
        turn("I'd like to go to Canada. What is there for me?", "nursing|clinical skills", "healthcare management"),
    ],
    "nurse who asks about places": [
        turn("I'm a nurse from Zambia", "clinical skills"),
        turn("tell me about Australia", "For nursing", "MicroCred", "Melbourne"),
        turn("and what about Canada", "nursing", "healthcare management"),
        turn("do I need a visa for that in Canada", never=("Humber College",)),
    ],
    "brother and data": [
        turn("he's my brother and he wants a course about data", "data analy", never=(FIELD_ASKED,)),
    ],
    "clerk who refuses kinds": [
        turn(
            "I'm a post office clerk and I'd like to get into IT",
            "bootcamps",
            "Coding bootcamp in software development",
        ),
        turn("bootcamp or nanodegree, which is better for me?", "I'd take", "go with", never=("I don't know",)),
        turn("no bootcamps please", "without bootcamps", "nanodegrees", never=("Coding bootcamp",)),
        turn("so what remains?", "nanodegrees|digital badge|IBM", never=("ootcamp",)),
        turn("what is the closest certificate by name?", "IBM Digital Badge", never=("ootcamp",)),
        turn("give me two sentences for my brother", "For technology", "Before paying", never=("ootcamp", "In short")),
    ],
    "gardener who asks for names": [
        turn("I am a gardener from Chile and I want to learn marketing", "digital marketing"),
        turn(
            "which certificate exactly, by name?",
            "Google Analytics Certification",
            "Canadian university",
            never=("Australia",),
        ),
        turn("anything apart from Google?", "without Google", "Canadian university"),
        turn("ok, no flying for me", "ithout travelling"),
        turn("should I go for it or not?", "I would", "promises no job"),
        turn("list what you couldn't answer", "I don't know|couldn't tell you", never=("In short",)),
    ],
    "engineer who sees a contradiction": [
        turn("Do you count engineering among the industries for this?", "engineering"),
        turn("but you said engineers need degrees. Isn't that a contradiction?", "both hold", "engineering"),
        turn("what do you mean by that?", never=DECLINES),
    ],
    "volunteers": [
        turn(
            "I'm a florist and I'd like to know about digital badges", "Digital badges recognise", never=(FIELD_ASKED,)
        ),
        turn("it isn't for me, it's for our volunteers", "your volunteers", never=DECLINES),
    ],
    "environment": [
        turn("I study economics and I like the environment more", "environmental science", "New Zealand"),
        turn("is environmental science the same as sustainability?", "two fields", "Canada", never=("As I said",)),
        turn("not New Zealand please, it is too far", "Leaving out New Zealand"),
        turn("so what should I remember?", "New Zealand isn't wanted", never=("have New Zealand in mind",)),
    ],
    "universities": [
        turn(
            "Between Toronto and Humber, which one is nearer to nursing?",
            "doesn't say which of them",
            "healthcare management",
        ),
    ],
    "verdict beside": [
        turn(
            "My cousin is a cook and would like to learn cloud computing. Should he do it or not?",
            "I would",
            "cloud computing",
            never=("name one", "no answer"),
        ),
    ],
    "sentences about the person alone": [
        turn("I am 45 and have two kids"),
        turn("Sum it all up in two sentences please", "you are 45|You are 45"),
    ],
    "universities of two countries": [
        turn("University of Toronto or University of Melbourne for cybersecurity?", "of Australia, not of Canada"),
    ],
    "yes without its list": [
        turn("can a micro-credential come on top of a degree?", "Yes"),
        turn("yes or no?", "Yes", never=("length:",)),
    ],
    "left open once": [
        turn("does the IBM badge have an exam?", "whether the IBM badge has an exam"),
        turn("what could you not answer?", "Exams, pass marks", never=("**Exams**:",)),
    ],
    "kind words": [
        turn("what is a nanodegree?", "nanodegree"),
        turn("you're not half bad, cheers", "welcome|glad", never=DECLINES),
    ],
    "power and energy": [
        turn("I would like to learn something in energy", "green energy", "the EU", never=(FIELD_ASKED,)),
        turn("just the next step, in one line please", "green energy|EU", never=("1. ",)),
    ],
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_what_is_asked_of_an_advisor_is_heard(advisor: Advisor, name: str) -> None:
    talk, wrong = advisor.conversation(), {}
    for wanted in CONVERSATIONS[name]:
        reply = talk.say(wanted.text)
        if lacks := missing(reply, wanted):
            wrong[wanted.text] = (lacks, reply.text)
    assert wrong == {}


@pytest.mark.parametrize(
    "asked", ["Please sum up what we discussed for a note", "bye for now, and a summary please", "recap"]
)
def test_a_summary_without_a_profile_tells_what_was_talked_about(advisor: Advisor, asked: str) -> None:
    talk = advisor.conversation()
    talk.say("Is there an age limit?")
    talk.say("What is a digital badge?")
    reply = talk.say(asked).text
    assert "We talked about" in reply and "age limits" in reply and "badge" in reply
    assert "haven't told me" not in reply
    assert ("Goodbye" in reply) == asked.startswith("bye")


def test_one_line_is_one_line(advisor: Advisor) -> None:
    talk = advisor.conversation()
    talk.say("I'm interested in cybersecurity")
    assert "\n" not in talk.say("what is my next step, in one sentence please").text.strip()


@pytest.mark.parametrize("text", ["what do you do with my data", "is my data safe", "I have no energy today"])
def test_a_word_of_another_meaning_is_no_wish(advisor: Advisor, text: str) -> None:
    reply = advisor.ask(text).text
    assert "data analytics" not in reply and "green energy" not in reply.lower()
