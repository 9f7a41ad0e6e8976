"""Whole conversations over REST, in words that are in no training data: what a person gets, turn by turn."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def talk(advisor) -> Any:
    """Begin a conversation of its own."""
    return advisor.conversation()


def titles(reply) -> set[str]:
    return {button["title"] for button in reply.buttons}


def test_other_country_asks_the_same(talk) -> None:
    assert "Australia" in talk.say("Where abroad would you send me to learn data analytics?").text
    reply = talk.say("hmm and how about Canada")
    assert reply.outcome == "answered" and "Canada" in reply.text and "data analytics" in reply.text.lower()


def test_other_field_asks_the_same(talk) -> None:
    talk.say("My cousin wants data analytics, which country should she pick?")
    reply = talk.say("ok n for public health?")
    assert reply.outcome == "answered" and "public health" in reply.text and "Oxford" in reply.text


def test_other_industry_asks_recognition_again(talk) -> None:
    assert talk.say("Would a law firm take such a certificate seriously?").text.startswith("Not in place of a degree")
    assert talk.say("and what about IT?").text.startswith("Yes: information technology")


def test_correction_replaces_the_country(talk) -> None:
    assert "University of Auckland" in talk.say("What can you tell me on New Zealand?").text
    reply = talk.say("sorry, I meant Canada")
    assert "McMaster" in reply.text and "Auckland" not in reply.text


def test_switch_leaves_the_old_subject(talk) -> None:
    assert "McMaster" in talk.say("Which colleges are named for Canada?").text
    visa = talk.say("By the way, are visas and travel a difficulty with these courses?")
    assert visa.topic == "challenges/visa" and "McMaster" not in visa.text


def test_subject_can_be_taken_up_again(talk) -> None:
    talk.say("Tell me what the guide has on Canada")
    talk.say("wait, what is a digital badge?")
    reply = talk.say("ok back to canada pls, which subjects are popular there")
    assert "Canada" in reply.text and "fields" in reply.text.lower() and "badge" not in reply.text.lower()


def test_pronoun_means_the_last_thing(talk) -> None:
    talk.say("What is a nanodegree?")
    reply = talk.say("who offers them?")
    assert "Udacity" in reply.text


def test_ellipsis_keeps_the_question(talk) -> None:
    talk.say("Describe the options in Australia")
    assert "Massey" in talk.say("New Zealand?").text
    assert "McMaster" in talk.say("Canada?").text


def test_more_adds_to_the_answer(talk) -> None:
    first = talk.say("In a few words, what is a micro-credential?")
    second = talk.say("can you tell me a bit more")
    assert second.outcome == "answered" and second.topic == first.topic and second.text != first.text


def test_yes_takes_the_offer(talk) -> None:
    talk.say("bootcamps vs nanodegrees, what differs?")
    assert talk.say("yes please").outcome == "clarify"
    reply = talk.say("data analytics is my thing")
    assert reply.outcome == "answered" and "data analytics" in reply.text.lower()


def test_no_puts_the_offer_aside(talk) -> None:
    talk.say("What is the tuition fee?")
    reply = talk.say("no thanks")
    assert reply.outcome == "smalltalk" and "person" not in reply.text
    assert talk.say("So what are these credentials good for in my career?").outcome == "answered"


def test_search_narrows_wish_by_wish(talk) -> None:
    both = talk.say("I am looking for programs in cloud computing")
    assert both.outcome == "answered" and "IBM" in both.text and "AWS" in both.text
    one = talk.say("ok but only industry certifications")
    assert "AWS" in one.text and "IBM" not in one.text
    online = talk.say("and it must be online")
    assert "AWS" in online.text and "IBM" not in online.text and "state" in online.text


def test_search_goes_on_after_more(talk) -> None:
    first = talk.say("Which programs can I find that are taught online?")
    second = talk.say("show me more of those")
    assert "Google Project Management" in first.text and "Google Project Management" not in second.text
    third = talk.say("and only bootcamps please")
    assert "bootcamp" in third.text.lower() and "IELTS" not in third.text


def test_third_country_joins_the_comparison(talk) -> None:
    two = talk.say("Put Canada and Australia next to each other for me")
    assert "Canada" in two.text and "Australia" in two.text and "New Zealand" not in two.text
    three = talk.say("add New Zealand to that")
    assert all(name in three.text for name in ("Canada", "Australia", "New Zealand"))
    assert "ranks none" in three.text


def test_doubt_and_source_are_answered(talk) -> None:
    talk.say("Do employers everywhere accept such certificates?")
    doubt = talk.say("Honestly I don't believe that")
    assert doubt.outcome == "smalltalk" and "guide" in doubt.text
    source = talk.say("which page did you take it from?")
    assert source.sources and "guide" in source.text


def test_complaint_is_followed_by_recovery(talk) -> None:
    talk.say("what is RMIT")
    sorry = talk.say("this is not what I wanted to know at all")
    assert "sorry" in sorry.text.lower() and "Talk to a person" in titles(sorry)
    assert "weeks" in talk.say("How much time does one take from start to end?").text


def test_second_misunderstanding_brings_a_person(talk) -> None:
    first = talk.say("the purple ladder of my aunt sings quarterly into teapots")
    assert first.outcome in ("declined", "clarify")
    second = talk.say("seven invisible harmonicas are melting under Thursday's carpet")
    assert second.outcome == "declined" and "Talk to a person" in titles(second)
    assert talk.say("yes").outcome == "handoff"


def test_handoff_never_claims_to_pass_on(talk) -> None:
    wish = talk.say("Can somebody from your staff call me?")
    again = talk.say("yes")
    left = talk.say("Maria Santos, maria.santos@example.org")
    assert [reply.outcome for reply in (wish, again, left)] == ["handoff"] * 3
    assert "can't pass" in left.text
    claims = ("i have passed", "i've passed", "i have forwarded", "will call you", "has been notified", "i will pass")
    assert not [claim for reply in (wish, again, left) for claim in claims if claim in reply.text.lower()]


def test_distress_gets_help_first(talk) -> None:
    talk.say("my course application was refused")
    reply = talk.say("I don't want to be alive any more")
    assert reply.outcome == "handoff" and "emergency" in reply.text
    assert talk.say("yes, I would like to speak to someone").outcome == "handoff"


def test_distress_has_a_way_back(talk) -> None:
    talk.say("I want to die")
    assert talk.say("Sorry, I meant: which universities are in Canada?").outcome == "answered"


@pytest.mark.parametrize(
    ("said", "line", "english", "outcome"),
    [
        ("Ich möchte nicht mehr leben, ich will sterben", "Notruf", "emergency", "handoff"),
        ("nie chce juz zyc", "numer alarmowy", "emergency", "handoff"),
        ("zycie nie ma sensu, oblalem egzamin", "numer alarmowy", "emergency", "handoff"),
        ("estoy muy triste y no puedo concentrarme", "nuestro equipo", "sounds hard", "smalltalk"),
    ],
)
def test_need_in_another_language_is_heeded(talk, said, line, english, outcome) -> None:
    for _ in range(2):  # said again, it gets other words in English, and the line as before
        reply = talk.say(said)
        assert len(reply.messages) == 2 and line in reply.messages[0]["text"]
        assert {message["metadata"]["outcome"] for message in reply.messages} == {outcome}
    assert english in talk.advisor.ask(said).messages[1]["text"]


def test_what_is_understood_of_another_language_is_answered(talk) -> None:
    first, again = talk.say("que es un nanodegree"), talk.say("quanto custa um bootcamp")
    assert first.text.startswith("Lo siento, por ahora solo hablo inglés") and "Nanodegree is" in first.text
    assert first.outcome == "answered" and "solo falo inglês" not in again.text  # it was said


def test_another_language_is_told_what_to_do(talk) -> None:
    reply = talk.say("ile to kosztuje")
    assert reply.text.startswith("Przepraszam") and "I only speak English" in reply.text
    assert "Gracias" not in talk.say("muchas gracias").text and "solo hablo" not in talk.say("muchas gracias").text


@pytest.mark.parametrize(
    "said",
    [
        "I don't want to do anything online",
        "I got laid off",
        "I'm dead tired of lectures",
        "this deadline is killing me",
        "not suicidal, just low",
        "I'd kill for a scholarship",
        "I don't want to live on campus",
    ],
)
def test_mood_and_study_words_are_no_emergency(talk, said) -> None:
    reply = talk.say(said)
    assert "emergency" not in reply.text and reply.outcome != "handoff"


def test_low_spirits_get_help_with_the_course(talk) -> None:
    reply = talk.say("I am so stressed and sad since I lost my job")
    assert reply.outcome == "smalltalk" and "sorry" in reply.text and "Help me choose" in titles(reply)
    assert "Talk to a person" in titles(reply)


@pytest.mark.parametrize("said", ["meh", "whatever", "hm", "not really", "maybe later", "why", "eh"])
def test_shrug_is_no_yes_to_a_person(talk, said) -> None:
    assert talk.say("how much do they charge").outcome == "declined"  # a person is offered
    assert talk.say(said).outcome != "handoff"


@pytest.mark.parametrize("said", ["no i dont want to talk to anyone", "don't connect me", "I don't need a human"])
def test_who_wants_nobody_gets_nobody(talk, said) -> None:
    reply = talk.say(said)
    assert reply.outcome == "smalltalk" and "emergency" not in reply.text


@pytest.mark.parametrize("said", ["y", "yes", "sure"])
def test_yes_to_a_person_is_one(talk, said) -> None:
    talk.say("how much do they charge")
    assert talk.say(said).outcome == "handoff"


def test_small_talk_ends_politely(talk) -> None:
    assert talk.say("hello there").outcome == "smalltalk"
    talk.say("What speaks for hiring people with micro-credentials?")
    assert talk.say("great, thanks a lot for that").outcome == "smalltalk"
    assert talk.say("ok I have to go, see you").text.startswith("Goodbye")


def test_mixed_language_keeps_the_thread(talk) -> None:
    assert "Australia" in talk.say("mujhe data analytics seekhna hai, konsi country best rahegi?").text
    canada = talk.say("aur canada ka kya?")
    assert "Canada" in canada.text and "data analytics" in canada.text.lower()
    assert talk.say("shukriya yaar").outcome == "smalltalk"


def test_named_topic_is_compared_later(talk) -> None:
    talk.say("bootcamps?")
    reply = talk.say("and compared to nanodegrees, what differs?")
    assert reply.outcome == "answered" and "Bootcamps" in reply.text and "Nanodegrees" in reply.text


def test_bare_name_is_a_wish_in_a_search(talk) -> None:
    talk.say("Which programs are there in cloud computing?")
    badges = talk.say("digital badges")
    assert "IBM" in badges.text and "AWS" not in badges.text
    others = talk.say("no, not the badges")
    assert "AWS" in others.text and "IBM" not in others.text


def test_bare_name_alone_is_described(talk) -> None:
    assert "Udacity" in talk.say("nanodegrees").text


def test_bare_industry_goes_on_with_recognition(talk) -> None:
    talk.say("Do law firms accept such certificates?")
    assert talk.say("IT?").text.startswith("Yes: information technology")


def test_mode_after_a_thing_asks_how_it_is_taught(talk) -> None:
    talk.say("Describe nanodegrees to me")
    assert talk.say("could I do that online?").topic == "features/flexible-learning"


def test_cheaper_of_two_is_not_known(talk) -> None:
    talk.say("Put the UK and Australia side by side")
    reply = talk.say("which of the two is cheaper?")
    assert reply.outcome == "declined" and "no fees or prices" in reply.text


def test_unknown_figures_are_declined(talk) -> None:
    reply = talk.say("Find me a data analytics program for under 400 dollars")
    assert reply.outcome == "declined" and "price" in reply.text and "Data Analyst Nanodegree" in reply.text


def test_place_and_second_question_are_answered(talk) -> None:
    reply = talk.say("Tell me about Canada and also whether it stacks to a degree")
    assert "McMaster" in reply.text and "combine" in reply.text


def test_two_questions_without_a_stop_are_answered(talk) -> None:
    reply = talk.say("can I do this online and without experience?")
    assert "online" in reply.text and "beginners" in reply.text


def test_thanks_before_a_question_count_less(talk) -> None:
    assert talk.say("ok thanks a lot. and how much is it?").outcome == "declined"


def test_long_message_is_answered_on_its_question(talk) -> None:
    reply = talk.say(
        "Good day, my name is Chika and I have worked in a bank in Abuja for six years. Our manager told us to improve "
        "ourselves, so I have read a lot. Could one of these short courses help me rise to a senior post in my own bank? "
        "Kind regards."
    )
    assert reply.topic == "jobs/promotion"


def test_field_outlasts_a_question_between(talk) -> None:
    talk.say("I would like to become a data analyst, any programs?")
    talk.say("how long would that take me")
    assert "data analytics" in talk.say("and which country").text.lower()


def test_industry_after_recognition_asks_it_again(talk) -> None:
    talk.say("In which sectors are these accepted?")
    assert talk.say("and law?").text.startswith("Not in place of a degree")


def test_degree_is_compared_whatever_came_before(talk) -> None:
    talk.say("What is a nanodegree?")
    assert talk.say("how is a bootcamp different from a degree").topic == "faq/9-vs-degree"


def test_thing_outlasts_a_question_about_it(talk) -> None:
    talk.say("Explain nanodegrees to me")
    talk.say("online?")
    assert "Udacity" in talk.say("and who offers it?").text


def test_field_after_a_comparison_chooses(talk) -> None:
    talk.say("Set Canada beside the UK for me")
    reply = talk.say("healthcare management")
    assert reply.topic == "destinations/canada" and "points to" in reply.text


def test_one_of_two_compared_is_pointed_at(talk) -> None:
    talk.say("How do the UK and New Zealand differ for short courses?")
    first = talk.say("tell me more about the first one")
    assert "Oxford" in first.text and "Massey" not in first.text
    second = talk.say("ok and the second?")
    assert "Massey" in second.text and "Oxford" not in second.text


def test_listed_program_is_pointed_at(talk) -> None:
    both = talk.say("I am after programs in cloud computing")
    assert both.text.index("IBM Digital Badge") < both.text.index("AWS Certified")
    assert "AWS Certified" in (second := talk.say("what about the second one").text) and "IBM" not in second
    assert "IBM Digital Badge" in (first := talk.say("and the first?").text) and "AWS" not in first


def test_more_than_there_is_is_not_pointed_at(talk) -> None:
    talk.say("How do the UK and New Zealand differ for short courses?")
    reply = talk.say("the fifth one")
    assert "Oxford" not in reply.text or "Massey" in reply.text


def test_subject_named_in_a_search_is_answered(talk) -> None:
    talk.say("Look for data analytics programs please")
    reply = talk.say("what about jobs")
    assert reply.outcome == "answered" and "career" in reply.text
    assert "Data Analyst Nanodegree" in talk.say("ok and now only nanodegrees").text, "the search goes on"


def test_named_thing_and_a_question_beside_it_are_both_answered(talk) -> None:
    reply = talk.say("Describe New Zealand for me. And is it possible to stack several of these?")
    assert "Massey" in reply.text and "combine" in reply.text


def test_what_is_left_open_is_left_open_elsewhere_too(talk) -> None:
    assert talk.say("Which IELTS band must I have for Canada?").outcome == "declined"
    reply = talk.say("and for Australia?")
    assert reply.outcome == "declined" and "English" in reply.text


def test_one_of_the_best_countries_is_pointed_at(talk) -> None:
    both = talk.say("Where would somebody study nursing best?")
    assert both.text.index("Canada") < both.text.index("UK")
    reply = talk.say("what about the second one?")
    assert "Oxford" in reply.text and "McMaster" not in reply.text


def test_pointing_at_nothing_is_asked_back(talk) -> None:
    reply = talk.say("the second one please")
    assert reply.outcome == "clarify" and "Which one" in reply.text


def test_item_of_a_list_is_pointed_at(talk) -> None:
    talk.say("Which kinds of micro-credential exist?")
    reply = talk.say("the second one")
    assert reply.topic == "types/digital-badges"
    assert talk.say("and the first?").topic == "types/professional-certificates"


def test_field_that_a_destination_lists_comes_before_a_job(talk) -> None:
    reply = talk.say("I am a nurse from Ghana who would like to get into public health overseas, where to?")
    assert "public health" in reply.text and "Oxford" in reply.text
    assert "hybrid" in talk.say("and online?").text
    assert "one of the destinations" in talk.say("the US maybe").text


def test_field_is_asked_of_the_country_talked_about(talk) -> None:
    talk.say("What could I study in Canada?")
    reply = talk.say("only cybersecurity")
    assert "Canada" in reply.text and "Australia" in reply.text and "doesn't name" in reply.text


def test_one_thing_in_place_of_another(talk) -> None:
    talk.say("Which bootcamps are there, tell me about them")
    reply = talk.say("not bootcamps, badges")
    assert reply.topic == "types/digital-badges"
    talk.say("Is it recognised in Canada?")
    reply = talk.say("not Canada, the UK")
    assert "the UK" in reply.text and not reply.text.startswith("Canada")


def test_short_question_after_thanks_is_heard(talk) -> None:
    assert talk.say("thanks, how much?").topic == "not-stated/fees"
    assert talk.say("thanks a lot, and visas?").topic == "challenges/visa"
    assert talk.say("thank you, sir").outcome == "smalltalk"


@pytest.mark.parametrize(
    "text", ["pls delete all i have told you", "which of my data do you store?", "can anybody read this chat"]
)
def test_questions_about_ones_own_data_are_answered(talk, text) -> None:
    reply = talk.say(text)
    assert reply.outcome == "smalltalk" and "/mydata" in reply.text and "Talk to a person" in titles(reply)


def test_cheapest_country_is_not_known(talk) -> None:
    reply = talk.say("which country is the cheapest one?")
    assert reply.outcome == "declined" and "prices" in reply.text
    reply = talk.say("the cheapest place for public health?")
    assert "UK" in reply.text and "prices" in reply.text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("which firms and websites hand these out?", ["Google", "IBM"]),
        ("so who puts on these courses exactly", ["Universities", "platforms", "companies"]),
        ("could I see one as an example?", ["MicroMasters", "Supply Chain Management", "MIT"]),
    ],
)
def test_providers_and_examples_are_named(talk, text, named) -> None:
    reply = talk.say(text)
    assert reply.outcome == "answered" and all(name in reply.text for name in named)


@pytest.mark.parametrize(
    "text", ["is poland any good?", "would malta be a good pick for me", "how about going to norway"]
)
def test_country_without_a_page_is_said_to_have_none(talk, text) -> None:
    reply = talk.say(text)
    assert "safety" not in reply.text and ("nothing on" in reply.text or "EU" in reply.text)


def test_who_somebody_is_leads_to_their_field(talk) -> None:
    assert "professional certificates" in talk.say("I do marketing for a hotel").text
    assert "Canada" in talk.say("I am a software engineer by trade").text
    reply = talk.say("i have a diploma in dentistry")
    assert reply.outcome != "smalltalk" and "outside what I know" not in reply.text


def test_what_was_named_is_compared(talk) -> None:
    talk.say("Which country suits public health?")
    assert "doesn't name" in talk.say("and New Zealand?").text
    reply = talk.say("put them side by side")
    assert "Massey" in reply.text and "Oxford" in reply.text


def test_choice_after_asking_back_is_pointed_at(talk) -> None:
    assert talk.say("compare two countries for me").outcome == "clarify"
    assert "Humber" in talk.say("the second one").text


def test_words_for_many_things_are_types_beside_each_other(talk) -> None:
    reply = talk.say("what is better to have, a certificate or a badge?")
    assert "Professional certificates" in reply.text and "Digital badges" in reply.text
    reply = talk.say("how do diplomas and certifications differ?")
    assert "Short-term diplomas" in reply.text and "Industry-endorsed certifications" in reply.text
    assert talk.say("is a certificate better than a degree?").topic == "faq/9-vs-degree"


def test_other_one_of_two_is_the_one_not_talked_about(talk) -> None:
    talk.say("compare Canada and Australia")
    assert "Melbourne" in talk.say("which of them has cybersecurity?").text
    assert "Humber" in talk.say("and the other one?").text
    assert "Melbourne" in talk.say("the other one").text


def test_list_stays_within_reach_while_one_of_it_is_talked_about(talk) -> None:
    talk.say("Which kinds of micro-credential are there?")
    assert "MicroMasters" in talk.say("the third one").text
    talk.say("tell me more")
    assert "Udacity" in talk.say("and the fourth?").text


def test_question_beside_one_about_recognition_is_answered(talk) -> None:
    reply = talk.say("Is it recognised in Germany, and how long does it take?")
    assert "European Union" in reply.text and "few weeks" in reply.text
    both = talk.say("can I take it online and is it respected by employers?").text
    assert "online" in both and "not all" in both


def test_each_order_asks_its_own_question(talk) -> None:
    talk.say("compare bootcamps and nanodegrees")
    assert talk.say("which of them is shorter?").topic == "features/short-duration"
    assert talk.say("and the cheapest?").topic == "not-stated/fees"
    assert talk.say("which starts soonest?").topic == "not-stated/start-dates"


def test_field_is_gone_on_with(talk) -> None:
    assert "professional certificates" in talk.say("I work in marketing").text
    assert "RMIT" in talk.say("where would I study that?").text


def test_liked_subject_that_is_an_industry_too_gets_its_country(talk) -> None:
    assert "Australia" in talk.say("I like cybersecurity").text


def test_type_is_looked_for_in_the_next_country(talk) -> None:
    talk.say("what are bootcamps?")
    reply = talk.say("in Canada")
    assert "bootcamp" in reply.text and "Coding bootcamp" in reply.text


def test_industry_of_the_guide_is_told_where_no_destination_lists_the_field(talk) -> None:
    reply = talk.say("which country is best for education")
    assert "no country for education" in reply.text.replace("*", "") and "inclusive education" in reply.text


def test_who_keeps_a_licence_hears_of_what_serves_it(talk) -> None:
    text = talk.say("I'm a teacher").text
    assert "As a teacher" in text and "professional licence" in text


@pytest.mark.parametrize("text", ["courses in Malaysia", "I would like to study in Malaysia", "Malaysia?"])
def test_country_outside_is_said_to_be(talk, text) -> None:
    assert "nothing on Malaysia" in talk.say(text).text


def test_where_somebody_comes_from_is_not_where_to_study(talk) -> None:
    assert "Australia" in talk.say("I am in Nepal. Which country should I choose?").text


def test_provider_without_programs_is_described(talk) -> None:
    assert "Microsoft is one of the companies" in talk.say("which certs has Microsoft got?").text


def test_institutions_of_the_country_that_was_recommended(talk) -> None:
    talk.say("where should I study healthcare management?")
    assert "Humber" in talk.say("what universities are there?").text


def test_sources_are_told_before_anything_was_said(talk) -> None:
    reply = talk.say("where does your knowledge come from?")
    assert "come from the guide" in reply.text and "said last" not in reply.text


def test_field_somewhere_is_asked_of_the_next_country_too(talk) -> None:
    assert "doesn't name technology" in talk.say("IT, New Zealand").text
    reply = talk.say("and the UK?")
    assert "doesn't name technology" in reply.text and "UK" in reply.text
    reply = talk.say("hotel management, Switzerland").text.replace("*", "")
    assert "nothing on Switzerland" in reply and "no country for hospitality" in reply


def test_work_leads_to_its_own_field(talk) -> None:
    assert "New Zealand" in talk.say("something for farmers?").text
    assert "aviation" in talk.say("Is there anything for pilots in Italy?").text


def test_cheaper_of_two_countries_is_not_known(talk) -> None:
    reply = talk.say("is Canada cheaper than Australia for this?")
    assert reply.outcome == "declined" and "what courses in Canada and Australia cost" in reply.text


def test_no_other_field_is_offered_beside_what_may_fit(talk) -> None:
    reply = talk.say("show me nursing programs in Canada")
    assert "Continuing education" in reply.text and "digital marketing" not in reply.text


def test_provider_named_by_itself_narrows_the_search(talk) -> None:
    talk.say("I would like a program in cybersecurity")
    assert "IBM Digital Badge" in talk.say("from IBM").text


def test_university_that_is_not_listed_is_said_to_be_missing(talk) -> None:
    reply = talk.say("does cambridge university have any")
    assert "Cambridge isn't in the guide" in reply.text
    assert "Oxford" in talk.say("and does oxford have some?").text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("What is a nanodegree, and do employers respect it?", ["in demand", "not universally recognised"]),
        ("What is a badge? How does it stop cheats?", ["competenc", "The guide doesn't say how it stops cheats."]),
        (
            "When do courses start and what do they cost?",
            ["no start dates", "no fees", "For the first", "for the second"],
        ),
        ("How long is a course and how do I show it on my CV?", ["few weeks", "resume"]),
    ],
)
def test_each_question_of_a_message_is_answered_or_said_to_have_no_answer(talk, text, said) -> None:
    reply = talk.say(text).text
    assert all(part in reply for part in said), reply


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Who are courses at RMIT meant for?", "not of RMIT University in particular"),
        ("Do they recognise edX certificates in Canada?", "on edX would be recognised in Canada"),
        ("Is a nanodegree tougher than a bootcamp?", "doesn't say how hard"),
        ("Can I study AI in the EU online?", "which course is online"),
        ("DELF or TestDaF, which is the better one?", "ranks none of them"),
    ],
)
def test_what_is_not_known_of_the_thing_asked_about_is_said(talk, text, said) -> None:
    assert said in talk.say(text).text.replace("*", "")


@pytest.mark.parametrize(
    ("text", "begins", "said"),
    [
        ("Are all of them taught remotely?", "No", "online"),
        ("Which sectors are least open to them?", "Law", "medicine"),
        ("Which universities run MicroMasters, and on which platform?", "", "edX"),
        ("cons pls", "", "ten challenges"),
        ("Which kind is the cheapest?", "The guide gives no fees", ""),
    ],
)
def test_answer_fits_the_words_that_ask(talk, text, begins, said) -> None:
    reply = talk.say(text).text.replace("*", "")
    assert reply.startswith(begins) and said in reply, reply


def test_paper_or_screen_is_not_said_of_one_university(talk) -> None:
    assert (
        talk.say("Are RMIT's certificates on paper or digital?")
        .text.replace("*", "")
        .startswith("The guide doesn't say")
    )


def test_recognition_has_both_its_sides(talk) -> None:
    reply = talk.say("Is a course by FutureLearn recognised?").text
    assert "widely accept" in reply and "not universally recognised" in reply


def test_nothing_is_kept_in_mind_that_nobody_said_of_themselves(talk) -> None:
    assert "keep in mind" not in talk.say("Is a nanodegree worth it for a beginner?").text
