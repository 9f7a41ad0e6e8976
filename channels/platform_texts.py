"""What people on every platform are told beside the replies."""

HELPFUL, NOT_HELPFUL, CHOOSE = "Helpful", "Not helpful", "Please choose:"
THANKS = "Thank you for telling us."
NOT_YOURS = "This choice is not open any more, or was meant for somebody else."
KEPT = "Nothing was deleted."
NOTHING_STORED = "There is nothing stored about you here."
OWN_DATA = "Everything that is stored about you can be downloaded here until this time tomorrow: {link}"
