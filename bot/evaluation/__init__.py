"""`wenzhen eval`: scores the program on labelled data that is given to it. Reads files; imported by the cli only."""
