// Laid out first; what it holds follows.
