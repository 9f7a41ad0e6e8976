"""What goes wrong with an identity provider, apart from its client, whose libraries most fronts never need."""


class OidcError(Exception):
    """The provider cannot be reached, or its answer is not valid; the message is for the person who signs in."""
