//! From an occasion to a letter.
