//! Amounts where errors hide: nothing, one atto, exactly what there is, one more, far too much.

use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use rand::Rng;

/// One attoFIL.
pub fn atto() -> TokenAmount {
    TokenAmount::from_atto(1)
}

/// Any amount below `below`; zero if that is nothing.
pub fn up_to(rng: &mut impl Rng, below: &TokenAmount) -> TokenAmount {
    if !below.is_positive() {
        return TokenAmount::zero();
    }
    (below * rng.gen_range(0..1u64 << 32)).div_floor(1u64 << 32)
}

/// An amount around what there is.
pub fn around(rng: &mut impl Rng, have: &TokenAmount) -> TokenAmount {
    let have = have.clone().max(TokenAmount::zero());
    match rng.gen_range(0..12) {
        0 => TokenAmount::zero(),
        1 => atto(),
        2 | 3 => have,
        4 => have + atto(),
        5 => (have - atto()).max(TokenAmount::zero()),
        6 => have * 1_000u32,
        _ => up_to(rng, &have),
    }
}

/// A part of what there is: seldom all, never more.
pub fn part(rng: &mut impl Rng, have: &TokenAmount) -> TokenAmount {
    match rng.gen_range(0..8) {
        0 => atto().min(have.clone()).max(TokenAmount::zero()),
        1 => have.clone().max(TokenAmount::zero()),
        _ => up_to(rng, &have.div_floor(2u32)),
    }
}

/// Income: from dust to a few hundred FIL, seldom a million.
pub fn income(rng: &mut impl Rng) -> TokenAmount {
    match rng.gen_range(0..16) {
        0 => TokenAmount::zero(),
        1 => atto(),
        2 => TokenAmount::from_atto(rng.gen_range(2..1_000u32)),
        // Around the 518,400 epochs of vesting: steps round down to nothing, or to one.
        3 => TokenAmount::from_atto(rng.gen_range(500_000..1_600_000u32)),
        4 => TokenAmount::from_whole(rng.gen_range(1..300)),
        5 if rng.gen_bool(0.2) => TokenAmount::from_whole(1_000_000),
        _ => TokenAmount::from_atto(rng.gen_range(0..300 * 10u128.pow(18))),
    }
}
