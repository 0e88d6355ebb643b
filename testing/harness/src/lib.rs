//! What the unit tests of the five actors share. Each actor's `tests/harness` makes a type of its own a [`Harness`], and adds how it
//! is constructed, the actors it talks to and what people do with it.

mod calls;
mod codes;
mod expected;
mod people;

pub use calls::{decode, refused, Harness};
pub use codes::check_codes;
pub use expected::{answer, hook};
pub use people::*;
