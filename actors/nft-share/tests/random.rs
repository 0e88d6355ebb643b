//! Random sequences against a plain account for each position: earnings are the same to the last bit.
#![allow(clippy::unwrap_used)]

mod harness;

use std::collections::BTreeMap;

use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use harness::*;
use num_traits::Zero;
use proptest::prelude::*;

const PEOPLE: [ActorID; 4] = [ALICE, BOB, CAROL, DAVE];

#[derive(Debug, Clone)]
enum Step {
    Earn(u128),
    Mint(usize, u128),
    Transfer(usize, usize),
    SetBeneficiary(usize, usize),
    Claim(usize, Option<u128>),
    ClaimOwed(usize),
    Split(usize, u8),
    Merge(usize, usize),
    Burn(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let amount = prop_oneof![1..4u128, 1..1_000_000_000_000_000_000_000u128];
    prop_oneof![
        prop_oneof![1..u128::from(u64::MAX), 1..1u128 << 80].prop_map(Step::Earn),
        (0..4usize, amount).prop_map(|(who, amount)| Step::Mint(who, amount)),
        (any::<usize>(), 0..4usize).prop_map(|(token, to)| Step::Transfer(token, to)),
        (any::<usize>(), 0..4usize).prop_map(|(token, to)| Step::SetBeneficiary(token, to)),
        (any::<usize>(), proptest::option::of(0..1u128 << 70)).prop_map(|(token, limit)| Step::Claim(token, limit)),
        (0..4usize).prop_map(Step::ClaimOwed),
        (any::<usize>(), 1..5u8).prop_map(|(token, parts)| Step::Split(token, parts)),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Step::Merge(a, b)),
        any::<usize>().prop_map(Step::Burn),
    ]
}

/// What should be: shares, owner and beneficiary by token, and what everybody earned by plain multiplication.
#[derive(Default)]
struct Model {
    tokens: BTreeMap<u64, (TokenAmount, ActorID, ActorID)>,
    earned: BTreeMap<ActorID, BigInt>,
    paid: BTreeMap<ActorID, TokenAmount>,
    fractions: u64,
}

impl Model {
    fn pick(&self, n: usize) -> Option<u64> {
        (!self.tokens.is_empty()).then(|| *self.tokens.keys().nth(n % self.tokens.len()).unwrap())
    }
}

fn run(nfts: &Nfts, model: &mut Model, step: Step) {
    match step {
        Step::Earn(by) => {
            let by = BigInt::from(by);
            for (shares, _, beneficiary) in model.tokens.values() {
                *model.earned.entry(*beneficiary).or_default() += shares.atto() * &by;
            }
            nfts.earn(by);
        }
        Step::Mint(who, amount) => {
            let token = nfts.mint(PEOPLE[who], atto(amount));
            model.tokens.insert(token, (atto(amount), PEOPLE[who], PEOPLE[who]));
        }
        Step::Transfer(n, to) => {
            let Some(token) = model.pick(n) else { return };
            let entry = model.tokens.get_mut(&token).unwrap();
            nfts.transfer(entry.1, PEOPLE[to], &[token]).unwrap();
            (entry.1, entry.2) = (PEOPLE[to], PEOPLE[to]);
        }
        Step::SetBeneficiary(n, to) => {
            let Some(token) = model.pick(n) else { return };
            let entry = model.tokens.get_mut(&token).unwrap();
            nfts.set_beneficiary(entry.1, &[token], PEOPLE[to]).unwrap();
            entry.2 = PEOPLE[to];
        }
        Step::Claim(n, limit) => {
            let Some(token) = model.pick(n) else { return };
            let paid = nfts.claim(&[token], limit.map(atto));
            *model.paid.entry(model.tokens[&token].2).or_default() += paid;
        }
        Step::ClaimOwed(who) => {
            let paid = nfts.claim_owed(PEOPLE[who], PEOPLE[who], None);
            *model.paid.entry(PEOPLE[who]).or_default() += paid;
        }
        Step::Split(n, parts) => {
            let Some(token) = model.pick(n) else { return };
            let (shares, owner, beneficiary) = model.tokens[&token].clone();
            let part = shares.div_floor(u64::from(parts) + 1);
            if !part.is_positive() {
                return;
            }
            let made = nfts.split(owner, token, &vec![part; usize::from(parts)]).unwrap();
            model.tokens.remove(&token);
            for token in made {
                model.tokens.insert(token, (nfts.position(token).shares, owner, beneficiary));
            }
        }
        Step::Merge(a, b) => {
            let (Some(a), Some(b)) = (model.pick(a), model.pick(b)) else { return };
            let (left, right) = (model.tokens[&a].clone(), model.tokens[&b].clone());
            if a == b || (left.1, left.2) != (right.1, right.2) {
                return;
            }
            let whole = nfts.merge(left.1, &[a, b]).unwrap();
            model.tokens.remove(&a);
            model.tokens.remove(&b);
            model.tokens.insert(whole, (left.0 + right.0, left.1, left.2));
        }
        Step::Burn(n) => {
            let Some(token) = model.pick(n) else { return };
            let (_, owner, _) = model.tokens.remove(&token).unwrap();
            nfts.burn(owner, &[token]).unwrap();
        }
    }
    model.fractions += 1;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn positions_earn_what_plain_shares_earn(steps in proptest::collection::vec(step(), 1..60)) {
        let nfts = Nfts::new();
        let mut model = Model::default();
        for step in steps {
            // Each call checks every invariant, and the books against the pool's account to the last bit.
            run(&nfts, &mut model, step);
        }
        let summary = nfts.check();
        prop_assert_eq!(summary.positions.len(), model.tokens.len());
        for (token, (shares, owner, beneficiary)) in &model.tokens {
            let position = &summary.positions[token];
            prop_assert_eq!(&position.account.shares, shares);
            prop_assert_eq!((position.owner, position.beneficiary()), (*owner, *beneficiary));
        }
        // Paid, owed and accrued together are what plain multiplication says: exactly for all, and for each up to an attoFIL a step,
        // for a fraction left by one who has nothing else goes to the next one who settles.
        let index = nfts.pool.borrow().index.clone();
        let mut all = BigInt::zero();
        for who in PEOPLE {
            let mut has = model.paid.get(&who).cloned().unwrap_or_default().atto() << 64u32;
            has += summary.holders.get(&who).map(|h| h.owed.clone()).unwrap_or_default();
            for position in summary.positions.values().filter(|p| p.beneficiary() == who) {
                has += position.account.pending(&index);
            }
            let off = &has - model.earned.get(&who).cloned().unwrap_or_default();
            prop_assert!(off.magnitude() >> 64u32 <= model.fractions.into(), "f0{} is off by {} / 2^64", who, off);
            all += off;
        }
        prop_assert!(all.magnitude() >> 64u32 <= model.fractions.into());
    }
}
