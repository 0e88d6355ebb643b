//! Exit codes, and what they say.

use std::fmt::Display;

use peggy_runtime::ActorError;

/// The codes of an actor's own begin here; below are the network's, and those all five actors share.
const FIRST_OWN: u32 = 40;

/// Checks that each error has the code it is listed with and a sentence, and that the codes of the actor's own are exactly these, in
/// this order. So no two errors share one.
pub fn check_codes<E: Display + Into<ActorError>>(
    errors: impl IntoIterator<Item = (E, u32)>,
    own: impl IntoIterator<Item = u32>,
) {
    let mut found = Vec::new();
    for (error, code) in errors {
        let sentence = error.to_string();
        let error: ActorError = error.into();
        assert_eq!((error.code().value(), error.message()), (code, &*sentence));
        assert!(sentence.len() >= 3, "no sentence: {sentence}");
        if code >= FIRST_OWN {
            found.push(code);
        }
    }
    assert_eq!(found, own.into_iter().collect::<Vec<_>>());
}
