"""What people on every platform are told beside the replies, in English; `core.translations` has it in other languages."""

from core.translations import marked

HELPFUL, NOT_HELPFUL, CHOOSE = marked("Helpful"), marked("Not helpful"), marked("Please choose:")
FROM_GUIDE = marked("From the guide:")
THANKS = marked("Thank you for telling us.")
NOT_YOURS = marked("This choice is not open any more, or was meant for somebody else.")
KEPT = marked("Nothing was deleted.")
NOTHING_STORED = marked("There is nothing stored about you here.")
OWN_DATA = marked("Everything that is stored about you can be downloaded here until this time tomorrow: %(link)s")
NOTICE = marked("The [privacy notice](%(address)s) says how. ")
