"""REST in the shape of Rasa's: the reply in the answer (rest), or by a call to the operator's own address (callback)."""

REST, CALLBACK = "rest", "callback"
