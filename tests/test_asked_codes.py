"""What a message asks of the advisor is heard, whatever its topic: a summary, a choice, a name, its own words explained."""

from __future__ import annotations

import pytest

from nlu.extraction.about_me import about_me

REQUESTS = {
    "kindly give me a recap for my file": "summary",
    "what did we talk about": "",
    "everything we talked about, please": "summary",
    "where would somebody like me even begin": "advice",
    "which one would you pick": "advice",
    "would any company hire me with that": "hire",
    "which of those two is bigger": "of-two",
    "I told you already, online": "put-right",
    "please guide me": "advice",
    "which course can my son take": "advice",
    "no, not compare": "no-compare",
    "let us start over": "start-over",
    "all right then, bye": "farewell",
    "how is that different from a badge": "differ",
    "first step only": "one",
    "how long does it take": "",
    "put all of that on one page for me": "summary",
    "remind me what you suggested": "summary",
    "so what does that leave us with?": "summary",
    "good day to you, and many thanks": "good-day",
    "cool, thx, gtg": "farewell",
    "I'll talk it over with my wife": "pause",
    "I'd have to ask her first": "pause",
    "we'll raise this with our dean": "pause",
    "what do I look out for before we book": "mind-before",
    "before I send anything, what must I be careful about": "mind-before",
    "may we quote you in the school paper": "name-you",
    "am I allowed to say a bot wrote it": "name-you",
    "should I tell you my age": "",
    "is that worth anything for a promotion": "worth-for-promotion",
    "would it be worth it to change careers": "worth-for-new-career",
    "put the key points in a short note": "summary",
    "the single best thing to do": "one",
    "can i still do something with it": "in-field",
    "my brother laughs about it all": "story",
    "we heard about badges at a fair": "story",
    "so what do I keep in mind": "summary",
    "please write three sentences for my principal": "summary",
    "which of my questions couldn't you answer": "unanswered",
    "tell me what is still open": "unanswered",
    "earlier you said the opposite": "contradiction",
    "which is true now?": "contradiction",
    "the first thing you said": "",
    "what on earth do you mean": "",
    "what do you mean by that": "what-mean",
    "sorry, I don't follow": "what-mean",
    "may I join or not": "yes-or-no",
    "what else apart from badges": "what-else",
    "anywhere nearer?": "what-else",
    "what remains then": "what-left",
    "what is that course called": "by-name",
    "the name of the certificate please": "by-name",
    "what's the closest you have": "nearest",
    "would you do it": "verdict",
    "should she go for it or not": "verdict",
    "you're quite helpful": "kind-word",
    "I'd love to hear more about badges": "know-about",
    "a badge? why?": "why-this",
    "which would you put first": "which-one",
    "that wasn't what I asked": "put-right",
    "oslo or bergen, if u were me": "advice",
    "would some people in Peru hire me": "",
    "would anyone in Peru take me with that": "hire",
    "one thing to do this week": "one",
    "summarise the reasons against it": "against",
    "what should I tell Ida tonight": "summary",
    "A badge or a course. Choose": "which-one",
    "then it is all pointless for me": "verdict",
}


@pytest.mark.parametrize(("text", "code"), REQUESTS.items())
def test_requests_to_the_advisor_are_heard(text, code) -> None:
    asks = about_me(text).asks
    assert code in asks if code else not {"summary", "advice", "one", "hire"} & set(asks)
