"""Lists the roles of guide/roles.yml that answers about the catalogue depend on; the build refuses a guide that lacks one.

A role is needed where the catalogue has entries of its kind: a guide without destinations need not say what governments do.
Answers look up all other roles with `Knowledge.roles()` and manage without them; a question that leans on a role that is not
there is answered by its own topic.
"""

from __future__ import annotations

NEEDED = {
    "recognition": "whether what the guide tells of is recognised, in general",
    "by-industry": "which industries accept it and which don't",
    "official": "what governments do for it",
    "types": "the kinds of it",
    "delivery": "online, in person, hybrid",
    "prices": "what it costs",
}
KINDS = {  # of the catalogue, with which a role is needed
    "recognition": "industry",
    "by-industry": "industry",
    "official": "destination",
    "types": "type",
    "delivery": "mode",
    "prices": "program",
}
LISTED = {"types": "type", "destinations": "destination"}  # roles whose topic lists, in its items, each entry of a kind
