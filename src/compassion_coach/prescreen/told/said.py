"""What a report says of where a letter stands, for a therapist to read."""

STANDING_NAMES = {
    "urgent": "needs a person today",
    "concern": "needs a person soon",
    "unread": "needs to be read",
    "tender": "tender",
    "none": "no danger heard",
}
"""What each standing asks of whoever reads the report."""

STANDING_WORDS = {
    "urgent": "life may be at risk now: intent, a plan, means, a goodbye, or danger from somebody else",
    "concern": "a wish to be dead, hopelessness, hurting oneself, danger at home, not eating, voices, drinking to cope",
    "unread": "some or all of it is in another language, in pictures, or in a part of its file that was not read",
    "tender": "grief let loose, numbness, flashbacks, fear of warmth",
    "none": "none of these was heard; there may be much sorrow, fear or anger in it, and it is no all-clear",
}
"""What the screen listens for, as the page tells it."""
