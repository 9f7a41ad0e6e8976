"""Whom it is about, and remarks that are no questions: learners beside the writer, doubts, closings."""

from __future__ import annotations

import pytest

from tests.engine_fixtures import Advisor, check_last_reply

# Each conversation: what is said, and of the last reply what it must say (one of several, split by "|") and must not.
TALKS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "thanks with a remark is answered by no topic": (
        ("what is a nanodegree?", "Very good, I'll print this for our works council. Cheers"),
        ("You're welcome, and all the best with it!",),
        ("Offered by", "I have no answer"),
    ),
    "a joking goodbye is a goodbye": (
        ("are these any good?", "So perhaps I'll be a rocket scientist yet! Goodbye, tin head"),
        ("Goodbye",),
        ("engineering", "weather"),
    ),
    "a person for another day is not called now": (
        ("what is a nanodegree?", "Can I speak to somebody of your team on Thursday?"),
        ("I can't book a talk for that time", "Write to me again then"),
        ("I have asked the advice team",),
    ),
    "nor for tomorrow": (
        ("who helps me? could I talk to a person tomorrow morning?",),
        ("I can't book a talk for tomorrow", "Write to me again tomorrow"),
        ("I have asked the advice team",),
    ),
    "one who hires is told how far a credential can be gone by": (
        ("We hire cooks, and candidates list digital badges. How much weight should I give them?",),
        ("credible signs", "But be careful", "ask who issued it"),
        ("LinkedIn", "your profile", "Offered by"),
    ),
    "a checklist to hand out is what to look at": (
        ("I advise school leavers in Ghana. Write me a checklist for picking a course that I can hand out.",),
        ("Accreditation", "Cost", "Networking"),
        ("Gladly", "I'd look"),
    ),
    "so it is for a teacher's pupils": (
        ("I'm a teacher. Make a checklist my pupils can use when they choose a credential.",),
        ("Accreditation", "Industry relevance", "Networking"),
        ("As a teacher", "Would you rather"),
    ),
    "a worry is answered and asked nothing": (
        ("I'm anxious about my daughter's future, she wants to skip college for this nanodegree.",),
        ("It is natural", "credible signs", "not accepted by everyone", "What helps"),
        ("Which field", "Thank you"),
    ),
    "two things in favour after a worry": (
        ("My son wants to drop university for a bootcamp. I'm really worried.", "And two things in favour?"),
        ("credible signs",),
        ("I have no answer", "Which"),
    ),
    "homework is nobody's to do here": (
        ("I'm preparing a presentation about digital badges for school", "lol, can you do my history homework as well"),
        ("outside what I know",),
        ("Gladly",),
    ),
    "one who hires is told how to judge a certificate": (
        ("I recruit for a hospital. An applicant has a professional certificate. How do I know if it's any good?",),
        ("credible signs", "ask who issued it"),
        ("enrol", "suits you"),
    ),
    "a summary for one who hires advises no learner": (
        (
            "I recruit for a hospital. An applicant has a professional certificate. How do I know if it's any good?",
            "Summarise what matters in three bullets.",
        ),
        ("Leading employers",),
        ("Before paying", "admit you", "I'd look"),
    ),
    "what one who hires gains is nothing of a learner's": (
        ("We interview welders", "What do we gain from such certificates?"),
        ("Leading employers",),
        ("Global industry exposure", "you are ready"),
    ),
    "and what speaks for it for one who pays": (
        ("I'm a recruiter", "what do we gain?"),
        ("Leading employers",),
        ("you are ready to start", "As a recruiter"),
    ),
    "who writes about it is asked for no field": (
        ("we must do a presentation for class about micro-credentials, i'm 13",),
        ("What would you like to know first", "why they are popular"),
        ("Which field", "you are 13"),
    ),
    "somebody who is asked for advice on others is no learner": (
        ("I'm a career adviser at a job centre",),
        ("What would you like to know first",),
        ("Which field would you",),
    ),
    "what a relative thinks makes them no learner": (
        ("I lost my job at a bakery and I'm 51. My son says these courses are the thing.",),
        ("Which field would you like",),
        ("your son",),
    ),
    "a language before a teacher is the subject and no nationality": (
        ("I'm a Spanish teacher in Ghent. What are they exactly?", "what do you know about me?"),
        ("a Spanish teacher",),
        ("from Spain", "in Spain"),
    ),
    "nor what is asked next": (
        ("I'm an Italian translator from Leeds. What is a micro-credential?", "who issues them?"),
        ("Universities", "online platforms"),
        ("Italian", "DELF"),
    ),
    "the work is told in the words of who tells it": (
        ("I'm the office manager of a vet's practice, what could suit me?", "sum it up please"),
        ("an office manager",),
        ("you are a manager",),
    ),
    "of two fields both are named, and that one is taken which is new": (
        ("I studied marketing", "marketing or cybersecurity, which one would you go for?"),
        ("For marketing", "For cybersecurity", "known to you already, I'd take cybersecurity"),
        ("listed apart",),
    ),
    "a plain answer is followed by no word on the person": (
        ("I'm a nurse from Ghana, I'm 34. How long does one take?",),
        ("weeks",),
        ("keep in mind", "you are"),
    ),
    "who is no longer employed is not said to look for work": (
        ("I was let go from a shoe factory in May", "what do you know about me?"),
        ("in a factory",),
        ("looking for work", "new career"),
    ),
    "a course of somebody else is no wish of the writer": (
        ("I'm 66, was a postman, and my neighbour is so proud of her online certificate", "what do you know about me?"),
        ("you are 66",),
        ("study online",),
    ),
    "who studies no further is not taken to want it": (
        ("My daughter is 18, likes drawing and doesn't want to go to university.", "sum it up please"),
        ("your daughter", "18"),
        ("further study",),
    ),
    "three good things are none that speak against it": (
        ("give me three good things about them",),
        ("Leading employers",),
        ("not accepted by everyone",),
    ),
    "a doubt of somebody at home is weighed, and not looked up": (
        (
            "I'm a baker and thinking about a course",
            "my wife rolls her eyes, she says that is money down the drain, a rip-off",
        ),
        ("isn't the whole of it",),
        ("I have no answer", "Which field"),
    ),
    "whether somebody who doubts has a point is answered": (
        ("my manager laughed at the badge I showed her", "does she have a point?"),
        ("Partly.", "unfamiliar"),
        ("I have no answer",),
    ),
    "who calls it hype is told both sides": (
        ("All this talk of badges is just hype.",),
        ("quality control", "accept"),
        ("Digital badges are",),
    ),
    "who is not convinced is asked what they doubt": (
        ("what is a micro-credential?", "hmm, I remain sceptical"),
        ("What is it that you doubt",),
        ("isn't in the guide",),
    ),
    "a word against the advisor is taken": (
        ("why should I do one?", "you talk like a salesman"),
        ("Fair point", "challenges"),
        ("weather",),
    ),
    "an argument against a person is one for the matter": (
        ("my director sneers at short courses", "give me one argument against him"),
        ("Leading employers",),
        ("not accepted by everyone",),
    ),
    "what became of somebody else promises nothing": (
        ("what are bootcamps?", "a cousin of ours did one and earns a fortune now"),
        ("one case",),
        ("Offered by",),
    ),
    "a client of an adviser is the one who learns": (
        (
            "I advise migrants, and a client of mine has no papers at all",
            "she was a seamstress",
            "what should she do first?",
        ),
        ("First, settle on a field",),
        ("you are",),
    ),
    "a student of a teacher makes the teacher no student": (
        ("I teach at a college and a student of mine wants to go abroad",),
        ("your student",),
        ("you are a student",),
    ),
    "a grandmother is asked what she would like to learn": (
        ("my gran is 78 and would like to learn something online",),
        ("Which field would your grandmother like to learn",),
        ("at work",),
    ),
    "the line of business of a firm is no wish of its staff": (
        ("I run a plumbing and logistics firm with fourteen people",),
        ("your staff", "Which field"),
        ("logistics",),
    ),
    "who is retired is asked for no job and shows nothing to employers": (
        (
            "retired postman, 71, not looking for work",
            "I'd like to learn Italian",
            "what should I do first, second and third?",
        ),
        ("language certifications",),
        ("resume", "at work", "promotion"),
    ),
    "who left school early has no degree to be told of": (
        ("I left school at 16", "what comes first?"),
        ("First, settle on a field",),
        ("degree",),
    ),
    "one's own age is not that of a brother": (
        (
            "my brother is 15 and wants to learn programming",
            "I'm 31 and work in a bank, by the way",
            "sum it up please",
        ),
        ("he is 15",),
        ("31", "bank"),
    ),
    "danger is heard beside what the writer tells of themselves": (
        ("I want a course for my brother, he is 14", "I'm 25 by the way and I don't want to live any more"),
        ("emergency|crisis|helpline",),
        ("changes nothing",),
    ),
    "advice turns from a sister to the writer and back": (
        ("my sister wants to learn accounting", "I'm a nurse myself", "and what would be good for me?", "and for her?"),
        ("accounting|finance",),
        ("nurses",),
    ),
    "two people are summed up each by themselves": (
        ("my son is 16 and wants to learn coding", "I'm a midwife myself", "sum it up for both of us"),
        ("he is 16", "you are a midwife"),
        (),
    ),
    "a summary for two gives nobody the field of the other one": (
        (
            "my client wants to learn design, she is 40",
            "I'm a nurse",
            "and what about me?",
            "and for her?",
            "sum up for both of us",
        ),
        ("you are a nurse.", "the field is design."),
        ("design and nursing",),
    ),
    "a father who wants it does not ask for himself": (
        ("my dad wants me to do something with AI", "I'm 24"),
        ("you are 24",),
        ("your father", "he is"),
    ),
    "what frightens somebody is no wish": (
        ("I'm a cook and my back hurts", "computers frighten me", "sum up what I said"),
        ("technology isn't wanted",),
        ("the field is technology", "a new career"),
    ),
    "points that can be sent on are points and no call for a person": (
        ("what are the challenges?", "three bullets that I can mail to my colleagues please"),
        ("Challenges",),
        ("Would you like to talk to a person",),
    ),
    "what was said is put into a paragraph": (
        ("I'm a pharmacist from Nepal", "I'd like to learn public health", "write that as a short note for our board"),
        ("public health",),
        ("outside what I know",),
    ),
    "the work of somebody else is not put on the writer": (
        ("I'm a midwife", "she's a tailor, by the way", "sum up what you know of me"),
        ("you are a midwife",),
        ("tailor",),
    ),
    "who cannot leave a farm gives it up for nothing": (
        ("my father fixes engines and would like to learn something digital", "he can't leave the farm", "sum it up"),
        ("he can't travel",),
        ("a new career", "isn't wanted"),
    ),
    "who asks again what they could do is told something": (
        ("I was laid off", "I have two kids", "what could someone like me do?"),
        ("most widely in",),
        ("No problem",),
    ),
    "a bad experience is no cry for help": (
        ("what are bootcamps?", "we were let down by somebody who had one"),
        ("isn't the whole of it|may not fit",),
        ("emergency",),
    ),
    "where they don't count is asked after where they do": (
        ("I work in shipping. Which industries take micro-credentials seriously?", "and which don't?"),
        ("prefer formal degrees",),
        ("popular field", "widely accepted in"),
    ),
    "and after recognition in general": (
        ("are they recognised by employers?", "so where are they not?"),
        ("prefer formal degrees",),
        ("no answer",),
    ),
    "what to mind before signing is how to choose": (
        ("what is a bootcamp?", "hm, and what should we be wary of before we sign?"),
        ("Accreditation",),
        ("instalments",),
    ),
    "who takes it to somebody else is let go": (
        ("what does MIT offer?", "Fine, I'll pass that on to our principal. Thanks a lot."),
        ("take your time|You're welcome",),
        ("MicroMasters",),
    ),
    "and who takes it there after a course was spoken of": (
        (
            "Is there a programme for supply chain?",
            "what would MIT charge?",
            "Fine, I'll put it before our council, thanks.",
        ),
        ("take your time|You're welcome",),
        ("MicroMasters",),
    ),
    "what is said with thanks and asks nothing is no question": (
        ("what does MIT offer?", "Right, that goes into the file for Monday, thank you."),
        ("You're welcome",),
        ("MicroMasters",),
    ),
    "whom to name as the source is the guide": (
        ("why are they growing?", "should I credit you at the end of my article?"),
        ("name the guide as your source",),
        ("no answer",),
    ),
    "who teaches a language wants no test of it": (
        ("I'm an Italian teacher in Vienna. What language certifications exist?",),
        ("IELTS, TOEFL, DELF, TestDaF",),
        ("For Italian", "you are", "from Italy"),
    ),
    "nor the teacher of one that the guide has a test for": (
        ("Hi, German teacher here, from Graz. Which language certificates are there?",),
        ("IELTS",),
        ("For German", "a german"),
    ),
    "of two that are compared both are spoken of": (
        ("An IBM badge or a nanodegree at Udacity, how do they differ?", "and which of these two is less expensive?"),
        ("digital badges by IBM", "nanodegrees on Udacity"),
        (),
    ),
    "both of two that are named without a kind": (
        ("A Microsoft certificate or an IBM badge, what is the difference?", "which of the two costs less?"),
        ("IBM", "Microsoft"),
        ("I can only repeat",),
    ),
    "what it is worth for an aim tells of the aim": (
        ("what is a bootcamp?", "my firm will not fund that. Is it worth it to get promoted?"),
        ("qualify for a higher role",),
        (),
    ),
    "a number of reasons is no number of the places listed before": (
        (
            "which countries' governments back them?",
            "Could you give me two reasons why they are popular? My coach wants just two.",
        ),
        ("Industry-driven demand", "Change after the pandemic"),
        ("doesn't rank", "Leading universities"),
    ),
    "tell me is no wish for all": (
        ("I look after my mother. Tell me, online is possible as well?",),
        ("Yes,",),
        ("Not all:",),
    ),
    "who lost a job needn't look for another one": (
        ("I was made redundant in June after ten years at an airline. Does it make sense for me?",),
        ("Losing a job",),
        ("looking for work", "you are"),
    ),
    "which ones are for a field asks for kinds amid no talk of places": (
        ("how long do these courses take?", "ok, which are for programming?"),
        ("Nanodegrees", "Bootcamps"),
        ("no destination's list",),
    ),
}


@pytest.mark.parametrize("said", list(TALKS))
def test_talk_is_about_whom_it_is_meant_for(advisor: Advisor, said: str) -> None:
    check_last_reply(advisor, *TALKS[said])
