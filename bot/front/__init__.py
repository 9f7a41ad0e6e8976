"""The front: the public ASGI application and its background jobs."""
