"""Public pages beside the widget: the organisation's own programs, and the guide that the advisor answers from."""
