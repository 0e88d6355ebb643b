//! Every refusal has an exit code of its own, in nft-share's range, and a sentence.

use fvm_shared::econ::TokenAmount;
use peggy_harness::check_codes;
use peggy_nft_share::error::Error;

#[test]
fn codes_are_pinned() {
    let text = || "why".to_owned();
    let all = [
        (Error::NoSuchToken(1), 80),
        (Error::NotOwner { token: 1, owner: 2, claimed: 3 }, 81),
        (Error::NotApproved { operator: 2, token: 1 }, 82),
        (Error::BadTokens(text()), 83),
        (Error::TooManyOperators { what: text(), max: 8 }, 84),
        (Error::NoShares, 85),
        (Error::WrongToken(text()), 86),
        (Error::BadMintParams(text()), 87),
        (Error::NotThere { what: "the owner", id: 1, who: "the pool" }, 88),
        (Error::MixedBeneficiaries { token: 1, beneficiary: 2, other: 3, todo: "do something" }, 89),
        (Error::BadParts(text()), 90),
        (Error::BadName(text()), 91),
        (Error::BadCursor, 92),
        (Error::NoLimit, 93),
        (Error::Negative { what: "amount", amount: TokenAmount::from_atto(-1) }, 16),
    ];
    check_codes(all, 80..94);
}
