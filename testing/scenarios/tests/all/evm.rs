//! What an Ethereum-style wallet (f410) can do: everything it needs, by InvokeEVM.

use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::pool::limits::DAY;
use peggy_scenarios::{abi, fil, Outcome, World};

/// The bytes inside the CBOR byte string.
#[track_caller]
fn returned(outcome: Outcome) -> Vec<u8> {
    outcome.decode::<ByteBuf>().0
}

fn text(data: &[u8]) -> String {
    assert_eq!(abi::amount_of(&data[..32]), TokenAmount::from_atto(32));
    let len = u64::from_be_bytes(data[56..64].try_into().unwrap()) as usize;
    String::from_utf8(data[64..64 + len].to_vec()).unwrap()
}

#[test]
fn every_method_of_the_table() {
    let mut w = World::new();
    let (carol, alice, stranger) = (w.cast.carol.clone(), w.cast.alice.clone(), w.cast.stranger.clone());
    let none = TokenAmount::zero();
    // Without calldata, and by deposit().
    assert_eq!(abi::amount_of(&returned(w.deposit(&carol, fil(7)))), fil(7));
    assert_eq!(abi::amount_of(&returned(w.evm(&carol, abi::deposit(), fil(3)))), fil(3));
    let of = abi::balance_of(&carol.address()).unwrap();
    assert_eq!(abi::amount_of(&returned(w.evm(&carol, of, none.clone()))), fil(10));
    let by_id = abi::balance_of(&Address::new_id(w.id(&carol))).unwrap();
    assert_eq!(abi::amount_of(&returned(w.evm(&carol, by_id, none.clone()))), fil(10));
    for (signature, expected) in [("totalSupply()", fil(10)), ("decimals()", TokenAmount::from_atto(18))] {
        assert_eq!(
            abi::amount_of(&returned(w.evm(&carol, abi::selector(signature), none.clone()))),
            expected,
            "{signature}"
        );
    }
    assert_eq!(text(&returned(w.evm(&carol, abi::selector("name()"), none.clone()))), "Peggy test share");
    assert_eq!(text(&returned(w.evm(&carol, abi::selector("symbol()"), none.clone()))), "TPEG");

    // transfer(address,uint256), to an actor by its masked ID.
    let to_alice = Address::new_id(w.id(&alice));
    let sent = returned(w.evm(&carol, abi::transfer(&to_alice, &fil(4)).unwrap(), none.clone()));
    assert_eq!(abi::amount_of(&sent), TokenAmount::from_atto(1), "true");
    assert_eq!((w.shares(&carol), w.shares(&alice)), (fil(6), fil(4)));

    // claimRewards() pays what was earned.
    w.donate(&stranger, w.wiring.owner_proxy, fil(10)).ok();
    w.sweep(&stranger).ok();
    w.skip(8 * DAY);
    let before = w.balance(w.id(&carol));
    let claimed = w.claim(&carol).ok();
    let paid = abi::amount_of(&claimed.clone().decode::<ByteBuf>().0);
    assert!(paid > fil(5), "85% of 10 FIL, of which 6 parts in 10: {paid}");
    assert_eq!(w.balance(w.id(&carol)) + &claimed.gas_cost, before + &paid);

    // redeem(uint256,uint256), with a minimum.
    let before = w.balance(w.id(&carol));
    let redeemed = w.evm(&carol, abi::redeem(&fil(6), &fil(6)), none.clone()).ok();
    assert_eq!(w.balance(w.id(&carol)) + &redeemed.gas_cost, before + fil(6));
    w.evm(&carol, abi::redeem(&fil(6), &none), none).refused(19, "fewer than");
}

#[test]
fn failure_26_what_the_table_does_not_have_is_refused() {
    let mut w = World::new();
    let carol = w.cast.carol.clone();
    let none = TokenAmount::zero();
    w.evm(&carol, abi::selector("mint(uint256)"), none.clone()).refused(75, "no Ethereum method");
    w.evm(&carol, vec![1, 2], none.clone()).refused(75, "selector of 4 bytes");
    w.evm(&carol, abi::selector("transfer(address,uint256)"), none.clone()).refused(75, "arguments");
    w.evm(&carol, abi::claim_rewards(), fil(1)).refused(26, "only deposit() takes FIL");
    w.deposit(&carol, none.clone()).refused(60, "at least");
    w.evm(&carol, abi::selector("requestExit(uint256)"), none.clone()).refused(75, "argument");
    w.evm(&carol, abi::request_exit(&fil(1)), fil(1)).refused(26, "only deposit() takes FIL");
    w.evm(&carol, abi::claim_exit(0), fil(1)).refused(26, "only deposit() takes FIL");
    w.evm(&carol, abi::claim_exit(0), none.clone()).refused(17, "no ticket");
    let beyond = [abi::selector("claimExit(uint256)"), [0xff; 32].to_vec()].concat();
    w.evm(&carol, beyond, none).refused(75, "below 2^64");
}
