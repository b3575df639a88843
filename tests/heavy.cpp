// Gives the tests' precompiled header a library to live in.
