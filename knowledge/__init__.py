"""What the advisor knows: sources that people edit, the database built from them, and the questions it answers.

`knowledge.building.build` makes var/knowledge.db and data/generated/ from guide/ and catalogue/; `knowledge.knowledge_base` reads the
database. Reading needs numpy alone, building also needs ruamel.yaml and sqlite-utils.
"""
