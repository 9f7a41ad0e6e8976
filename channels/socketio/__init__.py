"""Socket.IO in Rasa's format, for chat windows made for Rasa."""

from channels.info import FETCH, ChannelInfo

NAME = "socketio"
INFO = ChannelInfo(
    {NAME: "Socket.IO"},
    setup="channels.socketio.setup",
    fetching=(NAME,),
    delivery_notes={
        (NAME, FETCH): "Your words appear in the visitor's chat window; if it is closed, when they open it again."
    },
)
