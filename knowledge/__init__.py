"""Holds what the advisor knows: the sources that people edit, the database built from them, and its queries.

`knowledge.building.build` makes var/knowledge.db and data/generated/ from guide/ and catalogue/;
`knowledge.knowledge_base` reads the database. Reading needs only numpy, building also needs ruamel.yaml and
sqlite-utils.
"""
