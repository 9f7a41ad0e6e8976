"""REST in Rasa's format: replies in the response (rest), or sent to the operator's own URL (callback)."""

from channels.info import FETCH, PUSH, ChannelInfo

REST, CALLBACK = "rest", "callback"
SENT_AT_ONCE = "Your words are sent to the visitor's program at once."
INFO = ChannelInfo(
    {REST: "REST", CALLBACK: "Callback"},
    setup="channels.rest.setup",
    answering=(REST,),
    delivery_notes={
        (REST, PUSH): SENT_AT_ONCE,
        (REST, FETCH): (
            "Your words wait until the visitor's program comes: with their next message, or when it asks for them."
        ),
        (CALLBACK, PUSH): SENT_AT_ONCE,
        (CALLBACK, ""): "Your words do not reach this visitor: no callback address is set any more.",
    },
)
