"""Socket.IO in the protocol of Rasa's own channel, for the chat windows made for it; off unless origins are allowed."""

NAME = "socketio"
