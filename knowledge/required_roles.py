"""Lists the roles of guide/roles.yml that answers depend on; the build refuses a guide that leaves one out.

Answers look up all other roles with `Knowledge.roles()` and manage without them.
"""

from __future__ import annotations

NEEDED = {
    "recognition": "whether credentials are recognised, in general",
    "by-industry": "which industries accept them and which don't",
    "official": "what governments do for them",
    "types": "the kinds of credential",
    "delivery": "online, in person, hybrid",
    "versus-degree": "compared with a degree",
    "prices": "what a course costs",
}
