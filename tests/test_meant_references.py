"""What a message means by the way it asks: somebody like the one who asks, a skill needed, a risk, a gain, the thing listed."""

from __future__ import annotations

import pytest

from nlu.extraction.about_me import about_me
from tests.engine_fixtures import Advisor, check_last_reply

# Each conversation: what is said, and of the last reply what it must say (one of several, split by "|") and must not.
TALKS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "the kinds for somebody like the one who asks are those of the work": (
        ("I'm a midwife from Nepal and I want to go to Norway.", "What kinds exist for somebody like me?"),
        ("Short-term diplomas|short-term diplomas", "CPD"),
        ("Nanodegrees",),
    ),
    "who awards those is asked of the kinds, and not of the place before": (
        (
            "I'm a midwife from Nepal and I want to go to Norway.",
            "What kinds exist for somebody like me?",
            "Who awards those?",
        ),
        ("community colleges", "professional bodies"),
        ("Norway",),
    ),
    "who offers them after all the kinds is asked in general": (
        ("What is there in Australia?", "Which types of micro-credentials are there?", "Who offers them?"),
        ("platforms", "professional bodies"),
        ("Melbourne",),
    ),
    "who offers them right after what they are is asked in general": (
        ("What are micro-credentials?", "Who offers them?"),
        ("platforms", "professional bodies"),
        ("a few days to several months",),
    ),
    "who teaches a kind is no question for who offers it": (
        ("What is a nanodegree?", "Who teaches on it?"),
        ("doesn't say who teaches",),
        ("Udacity",),
    ),
    "the first of a list is compared with the kind that is named": (
        ("Which courses do you have for project management?", "How does the first one compare with a nanodegree?"),
        ("Professional certificates", "Nanodegrees"),
        ("Digital badges",),
    ),
    "a bare provider is that of the program just named": (
        ("Which courses do you have for data analytics?", "Provider?"),
        ("Udacity",),
        ("professional bodies",),
    ),
    "a skill that is needed is no wish to learn it": (
        ("I want to learn web design", "do I need to be good at drawing"),
        ("open to beginners",),
        ("Bootcamp in UX/UI design",),
    ),
    "how warm two places are is left open, and searched for by nobody": (
        ("What is there in Australia?", "And Belgium?", "Which of the two is sunnier in March?"),
        ("climate",),
        ("Google", "starting in"),
    ),
    "which of two places is better for a field is still compared": (
        ("Tell me about Canada", "And the UK?", "Which of the two is better for nursing?"),
        ("healthcare management",),
        ("climate",),
    ),
    "missing papers ask for no start date": (
        ("I can't find the papers of my college any more. Could I start anyway?",),
        ("documents", "open to beginners"),
        ("start dates", "intakes"),
    ),
    "a danger spoken of is that of a poor course": (
        ("I'm worried he would pay and learn nothing. Is that a real danger?",),
        ("low-quality|no direct financial return",),
        ("climate",),
    ),
    "who wants no work gains something else": (
        ("I'm 70 and retired.", "I don't want a job, so what do I get out of it?"),
        ("culture",),
        ("LinkedIn",),
    ),
    "who hires and doubts is no learner": (
        ("I run a small law office and applicants keep listing these certificates. I don't believe in them.",),
        ("employers",),
        ("someone who works in law", "I'd look first"),
    ),
    "the age told of a brother is not that of the sister": (
        (
            "My daughter is 18 and wants to study fashion.",
            "And her brother, he's only 14, could he do one as well?",
            "Sum it up please.",
        ),
        ("she is 18",),
        ("14",),
    ),
    "something new is no new career for who is retired": (
        ("I'm 70, retired from the post office, and want to try something new.", "sum it up please"),
        ("you are 70", "retired"),
        ("new career", "another industry"),
    ),
    "the field of the staff is not that of the one who leads HR": (
        ("HR head, 90 employees, data analysis. Courses for them?", "Sum it up please."),
        ("data analytics",),
        ("human resources",),
    ),
    "two kinds that were spoken of one after another are the two": (
        ("What is a MicroMasters?", "And a bootcamp?", "Which of the two takes longer?"),
        ("how long MicroMasters programs and bootcamps take",),
        (),
    ),
    "the two are ranked by what is asked, of which nothing is said": (
        (
            "What's a digital badge?",
            "What's a nanodegree?",
            "Which is more fun?",
            "So which of them is more demanding?",
        ),
        ("doesn't say which is more demanding, digital badges or nanodegrees",),
        (),
    ),
    "whom employers prefer is asked of the two that were compared": (
        ("Compare nanodegrees and digital badges", "Which of them would a recruiter prefer?"),
        ("preferred by employers, nanodegrees or digital badges",),
        (),
    ),
    "a word that the guide uses of one of two kinds settles which": (
        ("Which is more intensive, a nanodegree or a bootcamp?",),
        ("Bootcamps, by the guide's words",),
        ("doesn't say which",),
    ),
    "the correction ranks the same two by something else": (
        ("What is a MicroMasters?", "And a bootcamp?", "which of the two is shorter", "no, I meant cheaper"),
        ("what MicroMasters programs and bootcamps cost",),
        (),
    ),
    "which has the most fields is asked of the two places that were compared": (
        ("Compare New Zealand and Canada", "Which one has more fields?"),
        ("Canada has the most", "New Zealand has three"),
        ("Australia",),
    ),
    "a country after what can be studied somewhere is asked the same": (
        ("What could I study in Canada?", "And Belgium?"),
        ("the popular fields are green energy",),
        ("KU Leuven",),
    ),
    "the length is asked of the next kind, too": (
        ("How long does a bootcamp last?", "And a nanodegree?"),
        ("how long nanodegrees take",),
        (),
    ),
    "who offers it is asked of the next kind, too": (
        ("Tell me about digital badges", "Who awards them?", "And MicroMasters?"),
        ("Leading universities",),
        ("can be credited",),
    ),
    "one of them is an example of the kind": (
        ("Explain nanodegrees", "ok, give me one of them"),
        ("Data Analyst Nanodegree",),
        ("Google",),
    ),
    "who is behind the former, and then the latter": (
        ("How do bootcamps and CPD units differ?", "Who runs the former?", "And the latter?"),
        ("Professional bodies",),
        ("Bootcamps",),
    ),
    "the provider is that of the programs that an answer on a field named": (
        ("Is there a programme for marketing?", "Who's the provider?"),
        ("Google offers the Google Analytics Certification", "Canadian university"),
        ("Udacity",),
    ),
    "whether institutions are private isn't said of those of the place": (
        ("Where would I study leadership?", "Are those private universities?"),
        ("whether an institution in Canada is private or public",),
        (),
    ),
    "a correction to private ones is heard": (
        ("Tell me about Australia", "which universities?", "no, I meant private ones"),
        ("whether an institution in Australia is private or public",),
        ("Which field",),
    ),
    "something cheaper there asks for prices": (
        ("Tell me about Canada", "do they have anything cheaper there?"),
        ("what courses in Canada cost",),
        ("healthcare management",),
    ),
    "which of them is online is asked of single courses": (
        ("I'm a nurse. Anything for me?", "which of them is online?"),
        ("doesn't say whether a given course is online",),
        (),
    ),
    "what else after one challenge asks for the others": (
        ("Is poor quality one of the challenges?", "what else?"),
        ("Recognition and accreditation", "Visa and travel"),
        (),
    ),
    "the field that takes another's place is searched for": (
        (
            "Which programs are there for cybersecurity?",
            "How does the first one compare with a bootcamp?",
            "Forget cybersecurity, how about cloud computing?",
        ),
        ("AWS Certified Solutions Architect",),
        ("For cybersecurity",),
    ),
    "the difference between them is that of the two listed": (
        ("How many Google programs are there?", "what's the first", "and what's the difference between them?"),
        ("Google Project Management Professional Certificate", "Google Analytics Certification"),
        ("Which two",),
    ),
    "and the other one asks the same question of it": (
        ("Does the Google Analytics Certification expire?", "and the AWS one?"),
        ("The same goes for the AWS Certified Solutions Architect",),
        ("Type",),
    ),
    "the universities in the second are those of the second place": (
        ("Compare Canada and New Zealand", "What are the universities in the second?"),
        ("University of Auckland",),
        ("Toronto",),
    ),
    "both are online or not, as isn't said": (
        ("Tell me about bootcamps", "Tell me about nanodegrees", "are both online?"),
        ("whether bootcamps and nanodegrees are online",),
        (),
    ),
    "which is easier asks for no choice": (
        ("Is TestDaF for German?", "And DELF?", "Which of the two is easier?"),
        ("doesn't say how hard any course is",),
        ("I'd take",),
    ),
    "the field left takes the place of the one that is forgotten": (
        ("Which tests of German are there?", "Forget languages. What do they have in AI?"),
        ("For AI the guide points to the EU",),
        ("TestDaF",),
    ),
    "the price of both platforms is asked": (
        ("Tell me about Coursera.", "And Udacity?", "Which of them is cheaper?"),
        ("courses on Coursera or on Udacity",),
        (),
    ),
    "what was said of employers applies to a field or not, without a yes": (
        ("Do employers know micro-credentials?", "Does that hold for digital marketing, too?"),
        ("Digital marketing is among the fields",),
        ("Yes:",),
    ),
    "which is better for that is asked of the places that were compared": (
        (
            "Compare Australia with Belgium for sustainability",
            "What about green energy?",
            "Which one is better for that?",
        ),
        ("the EU, where Belgium lies, fits better",),
        (),
    ),
    "and colder is asked of the same two places": (
        ("Compare New Zealand and Canada", "And colder?"),
        ("doesn't say which is colder, New Zealand or Canada",),
        (),
    ),
    "which of two universities is older isn't said": (
        ("Does Oxford teach AI?", "And Edinburgh?", "Which of those is older?"),
        ("doesn't say which is older, University of Oxford or University of Edinburgh",),
        ("price",),
    ),
    "what is popular in each is told of the places that were compared": (
        ("Compare Canada and the UK", "what is popular in each?"),
        ("business analytics", "leadership"),
        ("Australia",),
    ),
    "who issues an example is asked of the program": (
        ("What's a nanodegree?", "an example, please", "Who issues that one?"),
        ("Udacity offers the Data Analyst Nanodegree",),
        (),
    ),
    "more valuable than a badge is asked of the kind that was spoken of": (
        ("Tell me about MicroMasters", "Is it more useful than a digital badge?"),
        ("doesn't say which is more useful, MicroMasters programs or digital badges",),
        (),
    ),
    "a field without a country leaves the country out": (
        ("Is there anything in leadership, but not in Canada?",),
        ("Leaving out Canada",),
        ("Key institutions",),
    ),
    "where the first of two kinds is taken isn't said": (
        ("Compare nanodegrees and bootcamps", "Where could I take the first one?"),
        ("where nanodegrees are taken",),
        (),
    ),
    "what one of two kinds needs is no comparison once more": (
        ("Compare nanodegrees and bootcamps", "Which one needs less experience?"),
        ("open to beginners",),
        ("repeat",),
    ),
    "a test is compared with the test that was spoken of": (
        ("What is DELF?", "How is it different from TestDaF?"),
        ("DELF", "TestDaF", "French", "German"),
        ("Degree",),
    ),
    "what is open of the first of two is open of the other": (
        ("Compare IELTS and TOEFL", "Does the first one expire?", "And the other one?"),
        ("The same goes for the TOEFL",),
        ("repeat",),
    ),
    "countries that make a visa hard are not told": (
        ("Is a visa a problem for short courses?", "which countries make it hard?"),
        ("doesn't say which visa",),
        (),
    ),
}


@pytest.mark.parametrize("name", TALKS)
def test_last_reply_is_about_what_is_meant(advisor: Advisor, name: str) -> None:
    check_last_reply(advisor, *TALKS[name])


def test_age_of_a_child_further_on_is_not_the_same_childs() -> None:
    """An age that follows another's name is nobody's for whom a course is; one's own child keeps theirs."""
    assert "age" not in about_me("And her brother, he's only 15, may he join?").parts
    assert about_me("My daughter, she's 17, likes drawing.").parts["age"] == ("17",)


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("I'm retired and would like to learn something new", ()),
        ("I'm retired, and now I want something new: a new career", ("new-career",)),
        ("I'd like to try something new", ("new-career",)),
    ],
)
def test_something_new_is_a_career_only_for_who_works(text: str, goal: tuple[str, ...]) -> None:
    assert about_me(text).parts.get("goal", ()) == goal


CODES = {
    "Which of the two is greener in May?": "more-so",
    "which of them is cheaper": "",
    "Must I be strong in physics?": "skill-needed",
    "I'm good at physics": "",
    "I have no transcript from my old school. May I start?": "papers-missing",
    "I don't want a job": "no-job",
    "I don't want to work abroad": "",
    "Is that a serious risk?": "is-risk",
    "What are the risks?": "",
    "we get CVs with such badges": "hires",
    "is there anything for a man like me": "like-me",
}
OURS = {"more-so", "skill-needed", "papers-missing", "no-job", "is-risk", "hires", "like-me"}


@pytest.mark.parametrize(("text", "code"), CODES.items())
def test_way_of_asking_is_heard(text: str, code: str) -> None:
    assert OURS & set(about_me(text).asks) == ({code} if code else set())
