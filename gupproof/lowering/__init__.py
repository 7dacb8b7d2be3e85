"""Are target tables right? Small programs in kernel words, as the table's events, and as instructions, each under its model."""
