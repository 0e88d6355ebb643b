//! `peggy-vectors`: records the official actors' answers.

fn main() {}
