//! The stand-ins answer as the official actors did.

use std::collections::BTreeMap;

use peggy_vectors::exceptions::EXCEPTIONS;
use peggy_vectors::format::Call;
use peggy_vectors::methods::METHODS;
use peggy_vectors::record::BUNDLES;
use peggy_vectors::replay::{folder, replay, Recorded};

fn recorded() -> Recorded {
    Recorded::load(&folder()).expect("testing/vectors/*.json")
}

#[test]
fn the_stand_ins_answer_as_the_official_actors_did() {
    let complaints = replay(&recorded()).expect("the network runs");
    assert!(complaints.is_empty(), "{} differences:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn the_answers_are_those_of_builtin_actors_v18() {
    let recorded = recorded();
    let source = &recorded.situations.source;
    assert!(BUNDLES.iter().any(|(cid, _)| *cid == source.manifest), "{}", source.manifest);
    assert_eq!(source.network_version, 28);
    assert!(recorded.calls.values().all(|file| file.source == *source), "files of different recordings");
}

#[test]
fn every_method_was_accepted_and_refused() {
    let recorded = recorded();
    assert!(recorded.all().count() >= 200, "only {} calls", recorded.all().count());
    let mut by_method: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    for call in recorded.all() {
        by_method.entry(&call.calls).or_default().push(call);
    }
    for method in METHODS {
        let calls = by_method.get(method.name).map(Vec::as_slice).unwrap_or_default();
        let count = |accepted: bool| calls.iter().filter(|call| (call.answer.exit == 0) == accepted).count();
        assert!(count(false) > 0, "{} was never refused", method.name);
        assert!(count(true) > 0, "{} was never accepted", method.name);
        for number in [method.internal, method.exported].into_iter().flatten() {
            assert!(
                calls.iter().any(|call| call.message.method == number),
                "{} was not called by {number}",
                method.name
            );
        }
    }
}

#[test]
fn exceptions_are_few_and_name_calls() {
    let recorded = recorded();
    for (prefix, reason) in EXCEPTIONS {
        assert!(recorded.all().any(|call| call.name.starts_with(prefix)), "no call is named '{prefix}'");
        assert!(reason.len() > 20, "'{prefix}' needs a reason");
    }
    let excepted = recorded.all().filter(|call| peggy_vectors::exceptions::reason(&call.name).is_some()).count();
    assert!(excepted * 50 <= recorded.all().count(), "{excepted} exceptions are more than one in fifty");
}
