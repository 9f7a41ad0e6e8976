"""What a message names and nobody has told the advisor about; both ways, since a word taken for a name is the worse mistake."""

from __future__ import annotations

import pytest

from nlu.extraction.unknown_names import LONGEST, MOST, UnknownNames
from nlu.reader import Reader
from training.evaluation.scoring import trained_reader

NAMED = [
    # abbreviations of authorities
    ("Is it accepted by FSSAI?", ["FSSAI"]),
    ("is that approved by bpjs or not", ["BPJS"]),
    ("Would SAQA look at it", ["SAQA"]),
    ("does the course count with the NMC", ["NMC"]),
    ("Is there an AHPRA rule for this", ["AHPRA"]),
    ("Do they report it to TEQSA?", ["TEQSA"]),
    ("need it for CPSBC registration", ["CPSBC"]),
    ("what do QQI and SQA think of badges", ["QQI", "SQA"]),
    ("Is it ok for the PEBC evaluation?", ["PEBC"]),
    ("pls tell if DHA will take it", ["DHA"]),
    ("Will my HRDF claim work?", ["HRDF"]),
    # employers
    ("do Siemens take them", ["Siemens"]),
    ("do siemens take them", ["Siemens"]),
    ("Does Maersk accept such a certificate?", ["Maersk"]),
    ("Infineon accepts these?", ["Infineon"]),
    ("are they valued at Ericsson", ["Ericsson"]),
    ("would it help me get a job at Rolls-Royce?", ["Rolls-Royce"]),
    ("is it recognised by Petronas", ["Petronas"]),
    ("does petronas recognise badges", ["Petronas"]),
    ("what does Novartis say about nanodegrees", ["Novartis"]),
    ("do Zoho hire with only a bootcamp", ["Zoho"]),
    ("Is a badge enough for Maruti Suzuki?", ["Maruti Suzuki"]),
    ("My boss at Unilever wants a paper, will this do?", ["Unilever"]),
    ("Can a person with a badge join Safaricom?", ["Safaricom"]),
    ("will toyota hire me", ["Toyota"]),
    ("accepted by aramco?", ["Aramco"]),
    ("Do Saudi Aramco look at these", ["Aramco"]),
    # platforms, tools of issuing, products
    ("What is in Udacity Premium?", ["Udacity Premium"]),
    ("is edx prime worth it", ["Edx Prime"]),
    ("Is BrainStation a good start?", ["BrainStation"]),
    ("has OpenClassrooms any of these", ["OpenClassrooms"]),
    ("can I show it on BadgeWallet", ["BadgeWallet"]),
    ("my course is on Zenva", ["Zenva"]),
    ("Can I do it through Kadenze?", ["Kadenze"]),
    # schools
    ("Does the University of Waikato run any?", ["University of Waikato"]),
    ("does university of waikato run any", ["University of Waikato"]),
    ("is the university of zululand on your list", ["University of Zululand"]),
    ("what about Covenant University", ["Covenant University"]),
    ("can i go to kenyatta university", ["Kenyatta University"]),
    ("has the Institute of Kibernetika one", ["Institute of Kibernetika"]),
    ("is Fanshawe College in it", ["Fanshawe College"]),
    ("Does Makerere University accept badges?", ["Makerere University"]),
    ("Will mahindra university give me credit", ["Mahindra University"]),
    ("is Loyalist College better for this than Lovely Academy", ["Loyalist College", "Lovely Academy"]),
    # several, and beside names of the catalogue
    ("Do Siemens or Ericsson take them?", ["Siemens", "Ericsson"]),
    ("Does Canada's IRCC accept it", ["IRCC"]),
    ("is the UK badge good for SAQA and Petronas", ["SAQA", "Petronas"]),
    ("In Australia, does Woolworths count it?", ["Woolworths"]),
]
NOT_NAMED = [
    # plain questions
    "What is a micro-credential?",
    "how long do they take",
    "Do employers accept them?",
    "do companies take these seriously",
    "Is it recognised by employers",
    "are they accepted by universities",
    "does the government recognise them",
    "do recruiters like badges",
    "does anyone accept it",
    "will they hire me with just that",
    "are these approved by the industry",
    "do hospitals accept online certificates",
    "do banks value it",
    "is it valued at work",
    "accepted with honours?",
    "Can I stack them into a degree?",
    "Which university is the best?",
    "is a private university better",
    "a good university in the city",
    "which college offers it",
    "the local college said no",
    "my university won't help",
    "online university or campus",
    "any university of applied sciences?",
    "is there an institute of technology with short courses",
    "does the university accept it",
    "does my university take it",
    "school of business or school of design",
    # capitals for emphasis
    "I do NOT want to go abroad",
    "is it FREE or not",
    "WHO accepts them",
    "please HELP, which one is REAL",
    "HOW MUCH TIME DOES IT TAKE",
    "IS IT GOOD FOR A JOB IN CANADA",
    "only ONLINE please",
    "that is GREAT news",
    "Is it WORTH it",
    # capitals of titles, subjects and kinds
    "Best Courses For Data Analytics",
    "What Are The Benefits Of Short Courses Abroad",
    "I have a Bachelor in Commerce",
    "my degree is in Mechanical Engineering",
    "Is a Diploma better than a Degree?",
    "I work in Hotel Management",
    "I studied Botany and Zoology",
    "courses in Carpentry or Plumbing",
    "a Master in Public Policy",
    "Can a Nurse take them?",
    "I am a Software Engineer",
    "I am an Accountant with no English",
    "as a Teacher, which one is for me?",
    "Project Manager here, what suits me",
    "Artificial Intelligence or Cybersecurity?",
    # abbreviations that everyone has
    "I work in IT",
    "is AI a good field",
    "will HR look at it",
    "put it on my CV",
    "do I need an MBA first",
    "BSc holder here",
    "is a PhD needed",
    "UX or UI course",
    "I know SQL and HTML",
    "can I get PR with it",
    "reply ASAP pls",
    "is the FAQ on your page",
    "a job in the EU or the UK",
    "what is CPD",
    "can a CEO use this",
    "classes at 7 PM IST ok?",
    "do I need IELTS",
    "is my GPA low",
    # tools and fields
    "I use Excel and PowerPoint",
    "is Python taught",
    "I like JavaScript",
    "put it on LinkedIn",
    "can you send it on WhatsApp",
    # months, days, languages, peoples
    "Can I start in January?",
    "is there one in September or October",
    "free on Monday and Friday",
    "do I need French",
    "is it taught in German or Spanish",
    "I speak Hindi and English",
    "are Indians accepted",
    "a course for Kenyan nurses",
    "do Nigerian employers accept it",
    "before Christmas please",
    # places
    "I live in Nairobi",
    "I'm from Peru, which course is for me?",
    "can I study in Melbourne",
    "moving from Dhaka to Toronto",
    "is Canada better than Australia",
    "a short course in New Zealand",
    "I am based in Kampala and work nights",
    # people
    "I'm Maria",
    "my name is Rajesh and I want a course",
    "Hi, this is Chinedu",
    "Hello Priya here, which course is short?",
    "My brother Ahmed took one",
    "thanks, Kofi",
    "Dear Sir, which country is best?",
    "Which one fits me? Regards, Tolulope",
    "my friend Siti says they are useless",
    "Mr Okonkwo told me so",
    # what a person tells of themselves
    "I work at Siemens, how long do they take?",
    "We both studied at Fanshawe College. Is a badge any use to us?",
    "I've worked with Ericsson for years",
    # names of the catalogue, greetings, small talk
    "Is Coursera good?",
    "does MIT offer MicroMasters",
    "what about the University of Toronto",
    "do Google certificates count",
    "Does Oxford have any?",
    "Hello",
    "Good morning",
    "Thanks a lot!",
    "Yes please",
    "OK",
    "hmm interesting",
    "Namaste",
    # typing mistakes and other Englishes
    "are they recognisd by emploers",
    "is it acepted by univercities",
    "wich contry is bets",
    "do compnies accept it",
    "abeg dem go accept am for work",
    "kya companies isko accept karti hain",
    "yung employer po ba tinatanggap ito",
    "do ppl accept it",
    "does u accept it",
    "will mncs hire",
    "accepted by govt jobs?",
    "do startups hire with badges",
    # a longer one
    "So I finished school two years ago, worked in a Bank, and now I wonder whether a Bootcamp is any good. What do you think?",
    "The course was fine. Nobody asked me for it, though. Why?",
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return trained_reader()


@pytest.mark.parametrize(("text", "names"), NAMED)
def test_unknown_name_is_found(reader, text, names) -> None:
    assert list(reader.read(text).unknown_names) == names


@pytest.mark.parametrize("text", NOT_NAMED)
def test_word_is_not_taken_for_a_name(reader, text) -> None:
    assert reader.read(text).unknown_names == ()


def test_table_is_large_enough() -> None:
    assert len(NAMED) + len(NOT_NAMED) >= 120
    assert len({text for text, _ in NAMED} | set(NOT_NAMED)) == len(NAMED) + len(NOT_NAMED)


def test_finding_knows_only_what_it_is_given() -> None:
    """A name of the guide's own words, or of the catalogue, is known; the same message without them names it."""
    unknown = UnknownNames(lambda word: word in {"does", "accept", "it", "the"}, [], lambda word: word)
    assert unknown.find("Does the Ombrosa accept it", []) == ["Ombrosa"]
    assert unknown.find("Does the Ombrosa accept it", [(9, 16)]) == []
    assert UnknownNames(lambda word: False, ["ombrosa"], lambda word: word).find("is Ombrosa it", []) == []


def test_long_messages_name_few() -> None:
    unknown = UnknownNames(lambda word: word in {"accepted", "by", "and"}, [], lambda word: word)
    many = "accepted by " + " and by ".join(f"Q{letter}ZX" for letter in "BCDFGHJK")
    assert len(unknown.find(many, [])) == MOST
    assert unknown.find("accepted by " + "Q" * (LONGEST + 1), []) == []
