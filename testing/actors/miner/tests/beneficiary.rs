//! FIP-0029 and changes of owner, on the bare info.

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::sector::RegisteredPoStProof;
use localnet_miner::beneficiary::{change, remaining, Proposal};
use localnet_miner::info::MinerInfo;

const OWNER: Address = Address::new_id(100);
const NOMINEE: Address = Address::new_id(200);
const OTHER: Address = Address::new_id(300);

fn info() -> MinerInfo {
    MinerInfo::new(100, 101, vec![], vec![], vec![], RegisteredPoStProof::StackedDRGWindow32GiBV1P1).expect("valid")
}
fn proposal(beneficiary: Address, quota: i64, expiration: i64) -> Proposal {
    Proposal { beneficiary, quota: TokenAmount::from_atto(quota), expiration }
}

#[test]
fn a_beneficiary_takes_over_once_it_approves() {
    let mut info = info();
    change(&mut info, OWNER, &proposal(NOMINEE, 50, 1000), 0).expect("proposes");
    assert_eq!(info.beneficiary, OWNER);
    let pending = info.pending_beneficiary_term.clone().expect("pending");
    assert!(pending.approved_by_beneficiary && !pending.approved_by_nominee);
    change(&mut info, NOMINEE, &proposal(NOMINEE, 50, 1000), 0).expect("approves");
    assert_eq!(info.beneficiary, NOMINEE);
    assert_eq!(info.pending_beneficiary_term, None);
    assert_eq!(remaining(&info.beneficiary_term, 999), TokenAmount::from_atto(50));
    assert_eq!(remaining(&info.beneficiary_term, 1000), TokenAmount::from_atto(0));
}

#[test]
fn an_effective_beneficiary_must_agree_to_go() {
    let mut info = info();
    change(&mut info, OWNER, &proposal(NOMINEE, 50, 1000), 0).expect("proposes");
    change(&mut info, NOMINEE, &proposal(NOMINEE, 50, 1000), 0).expect("approves");
    info.beneficiary_term.used_quota = TokenAmount::from_atto(20);

    change(&mut info, OWNER, &proposal(OWNER, 0, 0), 10).expect("proposes itself");
    assert_eq!(info.beneficiary, NOMINEE);
    change(&mut info, NOMINEE, &proposal(OWNER, 0, 0), 10).expect("agrees");
    assert_eq!(info.beneficiary, OWNER);
    assert_eq!(info.beneficiary_term.used_quota, TokenAmount::from_atto(0));
}

#[test]
fn an_expired_beneficiary_is_not_asked() {
    let mut info = info();
    change(&mut info, OWNER, &proposal(NOMINEE, 50, 1000), 0).expect("proposes");
    change(&mut info, NOMINEE, &proposal(NOMINEE, 50, 1000), 0).expect("approves");
    change(&mut info, OWNER, &proposal(OWNER, 0, 0), 1000).expect("proposes itself");
    assert_eq!(info.beneficiary, OWNER, "the owner is nominee and proposer in one");
}

#[test]
fn wrong_calls_are_refused_with_the_official_codes() {
    let mut info = info();
    let code = |result: Result<(), peggy_runtime::ActorError>| result.expect_err("refused").code();
    assert_eq!(code(change(&mut info, OTHER, &proposal(OTHER, 1, 1), 0)), ExitCode::USR_FORBIDDEN);
    assert_eq!(code(change(&mut info, OWNER, &proposal(NOMINEE, 0, 1), 0)), ExitCode::USR_ILLEGAL_ARGUMENT);
    assert_eq!(code(change(&mut info, OWNER, &proposal(OWNER, 1, 0), 0)), ExitCode::USR_ILLEGAL_ARGUMENT);
    assert_eq!(code(change(&mut info, OWNER, &proposal(OWNER, 0, 1), 0)), ExitCode::USR_ILLEGAL_ARGUMENT);
    change(&mut info, OWNER, &proposal(NOMINEE, 50, 1000), 0).expect("proposes");
    assert_eq!(code(change(&mut info, OTHER, &proposal(NOMINEE, 50, 1000), 0)), ExitCode::USR_FORBIDDEN);
    assert_eq!(code(change(&mut info, NOMINEE, &proposal(NOMINEE, 51, 1000), 0)), ExitCode::USR_ILLEGAL_ARGUMENT);
    assert_eq!(code(change(&mut info, NOMINEE, &proposal(NOMINEE, 50, 1001), 0)), ExitCode::USR_ILLEGAL_ARGUMENT);
    assert_eq!(code(change(&mut info, NOMINEE, &proposal(OTHER, 50, 1000), 0)), ExitCode::USR_ILLEGAL_ARGUMENT);
}

#[test]
fn an_owner_is_proposed_then_confirms_and_takes_the_beneficiary_along() {
    let mut info = info();
    let code = |result: Result<(), peggy_runtime::ActorError>| result.expect_err("refused").code();
    assert_eq!(code(info.change_owner(NOMINEE, NOMINEE)), ExitCode::USR_FORBIDDEN);
    info.change_owner(OWNER, NOMINEE).expect("proposes");
    assert_eq!(code(info.change_owner(OTHER, NOMINEE)), ExitCode::USR_FORBIDDEN);
    assert_eq!(code(info.change_owner(NOMINEE, OTHER)), ExitCode::USR_ILLEGAL_ARGUMENT);
    info.change_owner(NOMINEE, NOMINEE).expect("confirms");
    assert_eq!((info.owner, info.beneficiary, info.pending_owner_address), (NOMINEE, NOMINEE, None));
}

#[test]
fn an_owner_revokes_by_naming_itself() {
    let mut info = info();
    info.change_owner(OWNER, NOMINEE).expect("proposes");
    info.change_owner(OWNER, OWNER).expect("revokes");
    assert_eq!((info.owner, info.pending_owner_address), (OWNER, None));
}
