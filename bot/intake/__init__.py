"""From what a user sent to clean lines, masked secrets, facts and template points."""
