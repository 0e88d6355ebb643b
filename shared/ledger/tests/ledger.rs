//! Accruals are exact, in any order of changes.

use fvm_ipld_blockstore::MemoryBlockstore;
use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_ledger::{Account, Accounts, RewardIndex, Stream};
use proptest::prelude::*;

fn atto(n: u128) -> TokenAmount {
    TokenAmount::from_atto(n)
}

#[test]
fn what_is_pending_survives_changes_of_balance() {
    let mut index = RewardIndex::default();
    let (mut a, mut b) = (Account::default(), Account::default());
    let shares = atto(100);
    a.add(&index.parcel(&shares));
    assert!(index.distribute(&atto(50), &atto(100)));
    // All shares go to b, all rewards so far stay with a.
    let parcel = index.parcel(&shares);
    assert!(a.take(&parcel));
    b.add(&parcel);
    assert_eq!((a.claimable(&index.index), b.claimable(&index.index)), (atto(50), atto(0)));
    assert!(index.distribute(&atto(7), &atto(100)));
    assert_eq!((a.claimable(&index.index), b.claimable(&index.index)), (atto(50), atto(6)), "rounded down");
    let more = atto(101);
    assert!(!b.take(&index.parcel(&more)));
    assert_eq!(b.shares, shares);
}

#[test]
fn nothing_is_spread_over_nobody() {
    let mut index = RewardIndex::default();
    assert!(!index.distribute(&atto(5), &atto(0)));
    assert_eq!(index, RewardIndex::default());
}

#[test]
fn a_stream_releases_linearly_and_stands_still_without_shares() {
    let mut s = Stream::default();
    s.merge(&atto(1_000), 100, 10);
    assert_eq!(s.end, 110);
    assert_eq!(s.release(101, true), atto(100));
    assert_eq!(s.release(101, true), atto(0), "once an epoch");
    assert_eq!(s.release(106, false), atto(0));
    assert_eq!(s.end, 115);
    assert_eq!(s.release(107, true), atto(100));
    assert_eq!(s.release(1_000, true), atto(800));
    assert_eq!(s.release(2_000, true), atto(0));
}

#[test]
fn merging_takes_the_weighted_mean_and_dust_puts_nothing_off() {
    let mut s = Stream::default();
    s.merge(&atto(1_000_000), 0, 1_000);
    assert_eq!(s.release(500, true), atto(500_000));
    s.merge(&atto(500_000), 500, 1_000);
    assert_eq!(s.end, 500 + 750);
    for _ in 0..100 {
        s.merge(&atto(1), 500, 1_000);
    }
    assert_eq!(s.end, 500 + 750, "a hundred grains of dust move nothing");
}

proptest! {
    /// released * 2^64 = pending of all + carry, to the last bit; and nobody can claim more than was released.
    #[test]
    fn not_a_bit_is_lost(steps in prop::collection::vec((0u8..4, 0u64..5, 0u64..5, 1u128..1_000_000_000_000_000_000_000), 1..80)) {
        let store = MemoryBlockstore::default();
        let mut accounts = Accounts::load(&Accounts::create(&store).unwrap(), &store).unwrap();
        let mut index = RewardIndex::default();
        let (mut shares, mut owed) = (TokenAmount::zero(), TokenAmount::zero());
        for (kind, from, to, n) in steps {
            let amount = atto(n);
            match kind {
                0 => {
                    let mut a = accounts.get(to).unwrap();
                    a.add(&index.parcel(&amount));
                    accounts.put(to, a, &mut index).unwrap();
                    shares += &amount;
                }
                1 => if index.distribute(&amount, &shares) {
                    owed += &amount;
                },
                2 if from != to => {
                    let mut a = accounts.get(from).unwrap();
                    let part = a.shares.clone().min(amount);
                    let parcel = index.parcel(&part);
                    prop_assert!(a.take(&parcel));
                    accounts.put(from, a, &mut index).unwrap();
                    let mut b = accounts.get(to).unwrap();
                    b.add(&parcel);
                    accounts.put(to, b, &mut index).unwrap();
                }
                _ => {
                    let mut a = accounts.get(from).unwrap();
                    let paid = a.claimable(&index.index);
                    a.paid(&paid);
                    owed -= &paid;
                    accounts.put(from, a, &mut index).unwrap();
                }
            }
            let root = accounts.flush().unwrap();
            let mut pending = BigInt::zero();
            let (mut held, mut claimable) = (TokenAmount::zero(), TokenAmount::zero());
            Accounts::load(&root, &store).unwrap().for_each(|_, a| {
                pending += a.pending(&index.index);
                claimable += a.claimable(&index.index);
                held += &a.shares;
                Ok(())
            }).unwrap();
            prop_assert_eq!(&held, &shares);
            prop_assert_eq!(owed.atto() << 64, pending + &index.carry);
            prop_assert!(claimable <= owed);
        }
    }

    /// Whatever the steps, a stream pays out exactly what came in, never before its time.
    #[test]
    fn a_stream_conserves(steps in prop::collection::vec((0i64..500, 0u128..1_000_000_000_000_000_000_000, any::<bool>()), 1..60)) {
        let mut s = Stream::default();
        let (mut now, mut came, mut went) = (0, TokenAmount::zero(), TokenAmount::zero());
        for (elapsed, reward, anyone) in steps {
            now += elapsed;
            went += s.release(now, anyone);
            s.merge(&atto(reward), now, 300);
            came += atto(reward);
            prop_assert_eq!(&came - &went, s.amount.clone());
            prop_assert!(s.amount.is_zero() || (s.end > now && s.end <= now + 300), "{s:?} at {now}");
        }
        went += s.release(now + 300, true);
        prop_assert_eq!(came, went);
    }
}
