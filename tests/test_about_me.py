"""What a message says of the person is found, each part where it belongs, and questions about others tell about nobody."""

from __future__ import annotations

import json

import pytest

from core.settings import PROJECT_ROOT
from nlu.extraction.about_me import AboutMe, about_me
from nlu.extraction.entity_matcher import NameMatcher

NAMES = PROJECT_ROOT / "data/generated/names.json"
NOTHING: dict[str, str] = {}


@pytest.fixture(scope="module")
def matcher() -> NameMatcher:
    return NameMatcher(json.loads(NAMES.read_text(encoding="utf-8"))["names"])


def read(matcher: NameMatcher, text: str) -> AboutMe:
    return about_me(text, matcher.find(text))


TELLS = {
    # origin
    "I'm from Kenya": {"origin": "place/kenya"},
    "im from lagos": {"origin": "place/nigeria"},
    "I am Nigerian": {"origin": "place/nigeria"},
    "I live in Colombo with my parents": {"origin": "place/sri-lanka"},
    "we are based in Dubai": {"origin": "place/united-arab-emirates"},
    "writing to you from Accra, good day": {"origin": "place/ghana"},
    "Filipino here, looking for advice": {"origin": "place/philippines"},
    "my home is in egypt": {"origin": "place/egypt"},
    "i stay in nairobi, kindly advise": {"origin": "place/kenya"},
    "I come from Peru": {"origin": "place/peru"},
    "as an Indian engineer I would like to grow": {"origin": "place/india"},
    "not from India, from Nepal": {"origin": "place/nepal"},
    "i am from india, sorry, i meant from nepal": {"origin": "place/nepal"},
    "I currently live in Canada": {"origin": "destination/canada"},
    "Nurse from Kenya": {"origin": "place/kenya", "work": "a nurse"},
    "soy de... I mean I'm from Colombia": {"origin": "place/colombia"},
    "I am from Nepal, living in Qatar": {"origin": "place/nepal", "lives": "place/qatar"},
    # work
    "I'm a nurse": {"work": "a nurse", "work_field": "nursing", "work_industry": "healthcare"},
    "i work in marketing": {"work": "in marketing", "work_field": "marketing"},
    "Good afternoon. I am a registered nurse in Manila.": {"work": "a registered nurse", "origin": "place/philippines"},
    "i was a bank teller for nine years": {"work": "a bank teller"},
    "bank teller here": {"work": "a bank teller"},
    "working as an electrician since 2012": {"work": "an electrician"},
    "my background is in law": {"work": "in law", "work_field": "law"},
    "ten years in logistics": {"work": "in logistics"},
    "used to be a taxi driver, now i want more": {"work": "a taxi driver"},
    "I'm a web developer": {"work": "a web developer"},
    "I am a digital marketing manager": {"work": "a digital marketing manager"},
    "i do marketing for a small brand": {"work": "in marketing"},
    "as a teacher, i need something for the holidays": {"work": "a teacher"},
    "I'm a welder": {"work": "a welder"},
    "am a pharmacist from Uganda": {"work": "a pharmacist", "origin": "place/uganda"},
    "I have worked in hospitality for 5 yrs": {"work": "in hospitality"},
    "call centre agent, night shift": {"work": "a call centre agent", "time": "shifts"},
    # studied, level
    "i studied biology": {"studied": "biology"},
    "I have a degree in psychology": {"level": "bachelor", "studied": "psychology"},
    "i did my bachelors in commerce": {"level": "bachelor"},
    "I have a masters in physics": {"level": "master", "studied": "physics"},
    "I have no degree": {"level": "no-degree"},
    "i don't have a degree, only experience": {"level": "no-degree"},
    "never went to university": {"level": "no-degree"},
    "just finished high school": {"level": "school"},
    "passed 12th this year": {"level": "school"},
    "I hold a diploma in nursing": {"level": "diploma", "studied": "nursing"},
    "b.tech graduate": {"level": "bachelor"},
    "i'm a student of computer science": {"situation": "student"},
    "I'm a final year student": {"situation": "student"},
    "with my bachelor in hand, where do i go": {"level": "bachelor"},
    "I got through half of a law degree": {"level": "part-degree"},
    "i did two years of an economics degree": {"level": "part-degree", "studied": "economics"},
    "I never finished my degree": {"level": "part-degree"},
    # wishes that are taken back, and conditions
    "I no longer need my nursing licence": {"limits": "no-licence"},
    "my registration I don't need": {"limits": "no-licence"},
    "sorry, it's not for me, it's my brother, I'm a baker myself": {"for_whom": "brother"},
    "its not for me but my older sister": {"for_whom": "sister"},
    "it needn't be online": {"withdrawn": "mode/online"},
    "not necessarily in person, you know": {"withdrawn": "mode/in-person"},
    "online is no must for me": {"withdrawn": "mode/online"},
    "we don't need it to be online": {"withdrawn": "mode/online"},
    "she can't go by herself, so online only": {"mode": "online"},
    "no flying for me": {"limits": "no-travel"},
    "they are all qualified, not beginners": {"limits": "experienced"},
    "it is for our volunteers": {"for_whom": "volunteers"},
    "i dropped out of college": {"level": "no-degree"},
    # situation
    "i got laid off last month": {"situation": "lost-job"},
    "I'm unemployed at present": {"situation": "out-of-work"},
    "i am a stay at home mum": {"situation": "at-home"},
    "I run a small shop": {"situation": "self-employed"},
    "i am retired": {"situation": "retired"},
    # goal
    "I want a promotion": {"goal": "promotion"},
    "promotion": {"goal": "promotion"},
    "promotion no, a job abroad": {"goal": "job-abroad"},
    "I'm burnt out as a teacher": {"goal": "new-career", "mood": "worn"},
    "i need a career change": {"goal": "new-career"},
    "I would like to change my profession": {"goal": "new-career"},
    "i want to work abroad": {"goal": "job-abroad"},
    "a job overseas": {"goal": "job-abroad"},
    "i want to do a master's later": {"goal": "further-study"},
    "further study": {"goal": "further-study"},
    "we plan to migrate next year": {"goal": "migrate"},
    "i wan japa": {"goal": "migrate"},
    "i need to keep my licence": {"goal": "licence"},
    "I'd like to start my own business": {"goal": "business"},
    "just for fun": {"goal": "fun"},
    "i want to get a job": {"goal": "new-job"},
    # field wanted
    "I want to learn UX": {"field": "ux-ui-design"},
    "i wanna study cybersecurity": {"field": "cybersecurity"},
    "I'd love to get into data analytics": {"field": "data-analytics"},
    "I'm interested in green energy": {"field": "green-energy"},
    "hoping to move into project management": {"field": "project-management"},
    "I want to become a nurse": {"field": "nursing"},
    "i enjoy programming": {"field": "programming"},
    "i am good with people and sales": {"field": "sales"},
    "passionate about sustainability": {"field": "sustainability"},
    "i'm a nurse who wants to learn data analytics": {"work": "a nurse", "field": "data-analytics"},
    "As a nurse I would like to go into public health": {"work": "a nurse", "field": "public-health"},
    "looking for a course in AI": {"field": "ai"},
    "digital marketing is what i want": {"field": "digital-marketing"},
    "i was in sales but i want to switch to UX design": {"work": "in sales", "field": "ux-ui-design"},
    "my daughter studies agronomy in Peru": {"field": "agribusiness"},
    "let's say data then": {"field": "data-analytics"},
    "I'd like to improve my English": {"field": "english"},
    # place wanted
    "I want to study in Canada": {"place": "destination/canada"},
    "i would like to move to Ireland": {"place": "place/ireland"},
    "I'm a cook and hope to work in Germany": {"place": "place/germany"},
    "thinking about New Zealand": {"place": "destination/new-zealand"},
    "I prefer the UK": {"place": "destination/uk"},
    "i am kenyan and i plan to go to Australia": {"origin": "place/kenya", "place": "destination/australia"},
    "I don't want to go to the UK": {"avoid": "destination/uk"},
    # mode
    "online only please": {"mode": "online"},
    "no, online": {"mode": "online"},
    "i prefer in person": {"mode": "in-person"},
    "I can only do it online": {"mode": "online"},
    "I'd rather stay online": {"mode": "online"},
    "not online, in person": {"mode": "in-person", "avoid": "mode/online"},
    "I don't want to do anything online": {"avoid": "mode/online"},
    "i can't come to class in person": {"avoid": "mode/in-person"},
    # budget, time
    "my budget is tight": {"budget": "tight"},
    "i don't have much money": {"budget": "tight"},
    "can't afford much tbh": {"budget": "tight"},
    "evenings only": {"time": "evenings"},
    "i have a full-time job": {"time": "full-time-job"},
    "I have 3 months before university": {"time": "3 months"},
    "i can give 5 hours a week": {"time": "5 hours a week"},
    "I work night shifts at the hospital": {"time": "shifts"},
    "weekends only, i'm busy": {"time": "weekends"},
    # constraints
    "I have two kids": {"limits": "children"},
    "single mom of three": {"limits": "children"},
    "i can't travel": {"limits": "no-travel"},
    "I cannot leave my family for long": {"limits": "no-travel"},
    "my english is weak": {"limits": "weak-english"},
    "I'm not so good in english": {"limits": "weak-english"},
    "i use a wheelchair": {"limits": "access"},
    "I get tired quickly because of an illness": {"limits": "access"},
    "I am a refugee and lost all my papers": {"limits": "no-papers"},
    "i only have a phone and slow internet": {"limits": "weak-connection"},
    "i look after my sick mother": {"limits": "care"},
    # for whom, mood
    "it's for my son": {"for_whom": "son"},
    "my daughter wants to learn design": {"for_whom": "daughter", "field": "design"},
    "I am asking for my staff": {"for_whom": "staff"},
    "for my brother": {"for_whom": "brother"},
    "I'm so confused": {"mood": "unsure"},
    "not sure what i want": {"mood": "unsure"},
    # long and mixed
    "Hello sir, I am a civil engineer from Lahore with 4 years experience, I wish to go to Germany, my budget is low": {
        "work": "a civil engineer",
        "origin": "place/pakistan",
        "place": "place/germany",
        "budget": "tight",
    },
    "so basically i did accounting at uni, hated it, now i do the front desk of a hotel and i'd like to learn UX online": {
        "field": "ux-ui-design",
    },
    "teacher, Ghana, two kids, want to study online in the evenings": {
        "limits": "children",
        "mode": "online",
        "time": "evenings",
    },
    # a question that also tells
    "I'm a nurse, is it recognised in Canada?": {"work": "a nurse"},
    "which country should i pick, i work in marketing": {"work": "in marketing"},
    "how long does it take? i have a full time job": {"time": "full-time-job"},
    "can I study in the EU as a teacher from Ghana?": {"work": "a teacher", "origin": "place/ghana"},
    "I'm from Brazil. Do I need a visa?": {"origin": "place/brazil"},
    "what can I do if I have two kids and can't travel?": {"limits": "children"},
}
TELLS_MORE = {
    "i am baker since 12 years in Lisbon": {"origin": "place/portugal"},
    "moving out of retail and into accounting": {"goal": "new-career"},
    "she would like to switch from teaching to marketing": {"field": "marketing", "work_field": "education"},
    "I drive a bus and dream of working in tourism": {"field": "tourism"},
    "i hope to move from Nepal to Ireland": {"origin": "place/nepal", "place": "place/ireland"},
    "two of my girls want to learn design": {"for_whom": "learner"},
    "i work as plumber 9 yrs in Cebu": {"work": "a plumber", "origin": "place/philippines"},
    "Nurse. Portugal. 33.": {"work": "a nurse", "origin": "place/portugal", "age": "33"},
    "i am ward nurse since long": {"work": "a nurse"},
    "I keep the books at a small firm in Kampala": {"origin": "place/uganda"},
    "I'd go anywhere outside Nepal": {"origin": "place/nepal"},
    "My daughter is 18 and loves design": {"for_whom": "daughter", "age": "18", "field": "design"},
    "my son has finished computer science and is at home": {"for_whom": "son", "field": "technology"},
    "my husband lost his job, he is a mechanic": {"for_whom": "husband", "work": "a mechanic"},
    "we want to upskill our staff": {"for_whom": "staff"},
    "maybe cybersecurity or AI": {"field": "ai"},
    "they can't leave work": {"time": "full-time-job"},
    "my boss is not giving long leave": {"time": "full-time-job"},
    "my french is not so good": {"limits": "weak-language"},
    "something at a desk, my back hurts": {"goal": "new-career"},
    "I want to get ahead and improve my career": {"goal": "career"},
    "Ireland is rather far": {"avoid": "place/ireland"},
    "I was born in Peru, grew up in Lima and now work in Spain": {"origin": "place/peru", "lives": "place/spain"},
    "Electrician from Ghana working in Qatar": {"origin": "place/ghana", "lives": "place/qatar"},
    "I'm an operating theatre nurse": {"work": "an operating theatre nurse", "work_field": "nursing"},
    "My husband, a welder from Poland, hates computers. Something for him?": {
        "for_whom": "husband",
        "work": "a welder",
    },
    "our hospital wants training in leadership": {"for_whom": "staff", "field": "leadership"},
    "I'd quite like to understand artificial intelligence": {"field": "ai"},
    "I don't really want marketing, I'd rather do sustainability": {
        "avoid": "field/marketing",
        "field": "sustainability",
    },
    "it's purely for pleasure": {"goal": "fun"},
    "my father is ill and I look after him": {"limits": "care"},
    "all our documents are burnt": {"limits": "no-papers"},
    "after ten years I was let go": {"situation": "lost-job"},
    "I used to be a teacher": {"work": "a teacher", "past": "work"},
    "no, I can't fly, my sister needs me": {"limits": "no-travel"},
    "I fled Kabul, I was a judge there": {"origin": "place/afghanistan", "work": "a judge", "past": "work"},
    "My mother was a seamstress and wants to learn photography": {"for_whom": "mother", "field": "photography"},
    "I want to leave pharmacy for something else": {"avoid": "field/pharmacy", "goal": "new-career"},
    "I organise training for a bus company": {"for_whom": "staff"},
    "I run a small bakery": {"situation": "self-employed"},
    "yo, 19 here": {"age": "19"},
    "my wife died last spring": {"mood": "grief"},
    "we had to flee because of the war": {"mood": "flight"},
}


@pytest.mark.parametrize(("text", "expected"), TELLS_MORE.items())
def test_what_is_told_in_passing_is_found(matcher, text, expected) -> None:
    parts = read(matcher, text).parts
    assert all(code in parts.get(part, ()) for part, code in expected.items()), parts


TELLS_NOTHING = [
    "do nurses from Kenya get recognised in the UK?",
    "is it good for Indians",
    "which country is best for Indian students",
    "does Canada offer nursing?",
    "nursing in Canada",
    "what jobs can I get with digital marketing",
    "Do I need a degree?",
    "Is a bachelor's degree required",
    "is it online?",
    "Can I do it online?",
    "which programs are online",
    "Tell me about Canada",
    "programs in the UK",
    "are micro-credentials good for teachers?",
    "what do engineers usually take",
    "How do employers in India see them?",
    "is a micro-credential better than a master's?",
    "will it help people get a promotion?",
    "does it lead to permanent residency?",
    "how much does it cost?",
    "compare Canada and Australia",
    "show me bootcamps in UX",
    "certificates from Google",
    "what is a nanodegree",
    "thanks!",
    "do women with children study online?",
    "are evening classes possible",
    "which ones can be done on weekends?",
    "can students work part time?",
    "What should a designer learn?",
    "who offers courses in Germany",
    "and in New Zealand?",
    "is English required",
    "do refugees get help",
    "What about Ireland?",
    "I want to know about visas in Canada",
    "I have a question about Canada",
    "list the universities in Australia",
]
NOT_PART = {
    "I'm a socialist": "work",
    "my brother is thinking about getting a diploma": "level",
    "is it better online or there, for people like me": "mode",
    "I'm a nurse": "field",
    "I'm a nurse from Kenya": "place",
    "as an Indian nurse I want to work in Canada": "field",
    "I want to become a nurse": "work",
    "I'm a beginner": "work",
    "I'm a bit lost": "work",
    "im a mother": "work",
    "I am a fan of Canada": "origin",
    "I'm interested in Canada": "origin",
    "I want to study in Canada": "origin",
    "want to do a master's in Canada": "level",
    "do I need a bachelor for that, I have experience": "level",
    "I don't want a promotion": "goal",
    "my uncle lives in Canada": "origin",
    "I'm looking at Australia": "origin",
    "I took a course from Coursera": "origin",
    "I like Canada": "origin",
    "I speak German and a little French": "field",
    "could I do agribusiness from home": "work",
    "to some degree I agree": "level",
    "it doesn't have to be online": "mode",
}


@pytest.mark.parametrize(("text", "expected"), TELLS.items())
def test_what_a_person_says_of_themselves_is_found(matcher, text, expected) -> None:
    parts = read(matcher, text).parts
    assert {part: parts.get(part, ())[-1:] and expected[part] in parts[part] for part in expected} == dict.fromkeys(
        expected, True
    ), parts


@pytest.mark.parametrize("text", TELLS_NOTHING)
def test_questions_about_others_tell_nothing(matcher, text) -> None:
    assert read(matcher, text).parts == NOTHING


@pytest.mark.parametrize(("text", "part"), NOT_PART.items())
def test_a_name_gets_no_part_that_it_does_not_have(matcher, text, part) -> None:
    assert part not in read(matcher, text).parts


def test_a_correction_leaves_only_what_is_right(matcher) -> None:
    assert read(matcher, "i am from india, sorry, i meant from nepal").parts["origin"] == ("place/nepal",)


@pytest.mark.parametrize("text", ["I'm a nurse, is it recognised in Canada?", "how long is it? I work in marketing"])
def test_a_question_stays_a_question(matcher, text) -> None:
    assert not read(matcher, text).only


def test_a_statement_asks_nothing(matcher) -> None:
    assert read(matcher, "I'm a nurse from Kenya and I can't travel").only


def test_two_wishes_are_both_heard(matcher) -> None:
    assert read(matcher, "I'm thinking of design or maybe data").parts["field"] == ("design", "data-analytics")
