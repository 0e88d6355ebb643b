//! Every refusal has an exit code of its own, in nft-share's range, and a sentence.

use std::collections::BTreeSet;

use fvm_shared::econ::TokenAmount;
use peggy_nft_share::error::Error;

#[test]
fn codes_are_pinned() {
    let text = || "why".to_owned();
    let all = [
        (80, Error::NoSuchToken(1)),
        (81, Error::NotOwner { token: 1, owner: 2, claimed: 3 }),
        (82, Error::NotApproved { operator: 2, token: 1 }),
        (83, Error::BadTokens(text())),
        (84, Error::TooManyOperators { what: text(), max: 8 }),
        (85, Error::NoShares),
        (86, Error::WrongToken(text())),
        (87, Error::BadMintParams(text())),
        (88, Error::NotThere { what: "the owner", id: 1, who: "the pool" }),
        (89, Error::MixedBeneficiaries { token: 1, beneficiary: 2, other: 3, todo: "do something" }),
        (90, Error::BadParts(text())),
        (91, Error::BadName(text())),
        (92, Error::BadCursor),
        (93, Error::NoLimit),
        (16, Error::Negative { what: "amount", amount: TokenAmount::from_atto(-1) }),
    ];
    for (code, error) in &all {
        assert_eq!(error.code().value(), *code, "{error}");
        assert!(error.to_string().len() >= 3);
    }
    let codes: BTreeSet<_> = all.iter().map(|(code, _)| code).collect();
    assert_eq!(codes.len(), all.len());
}
