"""The website widget's channel: sites, sessions, calls of the widget and the event stream of a conversation."""

from channels.info import ChannelInfo

NAME = "web"
INFO = ChannelInfo({NAME: "Web"}, setup="channels.web.setup")
