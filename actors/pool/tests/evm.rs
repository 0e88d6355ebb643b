//! `InvokeEVM`: Ethereum-style wallets and contracts (failure 26).
#![allow(clippy::unwrap_used)]

mod harness;

use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::{CBOR, IPLD_RAW};
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use harness::*;
use multihash_codetable::{Code, MultihashDigest};
use peggy_interfaces::pool::InvokeEVM;
use peggy_pool::actor::evm::selectors;
use peggy_runtime::{IpldBlock, Method};

fn word(amount: &TokenAmount) -> [u8; 32] {
    let (_, bytes) = amount.atto().to_bytes_be();
    let mut word = [0; 32];
    word[32 - bytes.len()..].copy_from_slice(&bytes);
    word
}
fn id_word(id: u64) -> [u8; 32] {
    let mut word = [0; 32];
    word[12] = 0xff;
    word[24..].copy_from_slice(&id.to_be_bytes());
    word
}
fn calldata(selector: [u8; 4], args: &[[u8; 32]]) -> Vec<u8> {
    selector.iter().copied().chain(args.concat()).collect()
}

fn call(pool: &Pool, who: u64, value: TokenAmount, data: Vec<u8>) -> Result<Vec<u8>, u32> {
    let params = fvm_ipld_encoding::to_vec(&ByteBuf(data)).unwrap();
    let block = pool
        .raw(who, InvokeEVM::NUMBER, value, Some(IpldBlock { codec: CBOR, data: params }))
        .map_err(|e| e.code().value())?
        .unwrap();
    pool.host.verify();
    pool.check();
    assert_eq!(block.codec, CBOR);
    let ByteBuf(data) = fvm_ipld_encoding::from_slice(&block.data).unwrap();
    Ok(data)
}

#[test]
fn selectors_are_keccaks_of_the_signatures() {
    let table = [
        ("deposit()", selectors::DEPOSIT),
        ("claimRewards()", selectors::CLAIM_REWARDS),
        ("redeem(uint256,uint256)", selectors::REDEEM),
        ("requestExit(uint256)", selectors::REQUEST_EXIT),
        ("claimExit(uint256)", selectors::CLAIM_EXIT),
        ("transfer(address,uint256)", selectors::TRANSFER),
        ("balanceOf(address)", selectors::BALANCE_OF),
        ("totalSupply()", selectors::TOTAL_SUPPLY),
        ("decimals()", selectors::DECIMALS),
        ("name()", selectors::NAME),
        ("symbol()", selectors::SYMBOL),
    ];
    for (signature, selector) in table {
        assert_eq!(Code::Keccak256.digest(signature.as_bytes()).digest()[..4], selector, "{signature}");
    }
}

#[test]
fn failure_26_no_calldata_is_a_deposit_for_the_caller() {
    let pool = Pool::new();
    let returned = pool.raw(ALICE, InvokeEVM::NUMBER, fil(2), None).unwrap().unwrap();
    let ByteBuf(data) = fvm_ipld_encoding::from_slice(&returned.data).unwrap();
    assert_eq!(data, word(&fil(2)));
    assert_eq!(call(&pool, BOB, fil(3), vec![]).unwrap(), word(&fil(3)));
    assert_eq!(call(&pool, BOB, fil(3), calldata(selectors::DEPOSIT, &[])).unwrap(), word(&fil(3)));
    // A contract's plain call sends nothing, or raw bytes.
    let raw = |data| Some(IpldBlock { codec: IPLD_RAW, data });
    pool.raw(CAROL, InvokeEVM::NUMBER, fil(1), raw(calldata(selectors::DEPOSIT, &[]))).unwrap();
    assert_eq!(
        (pool.account(ALICE).shares, pool.account(BOB).shares, pool.account(CAROL).shares),
        (fil(2), fil(6), fil(1))
    );
    // Without value there is nothing to deposit, and nothing happens.
    assert_eq!(call(&pool, ALICE, fil(0), vec![]), Err(64));
    assert_eq!(call(&pool, ALICE, fil(0), calldata(selectors::DEPOSIT, &[])), Err(64));
}

#[test]
fn the_table_does_what_its_methods_do() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(10));
    pool.reward(fil(10));
    pool.pass(20_160);
    let rewards = pool.account(ALICE).rewards;
    pool.host.expect_pay(ALICE, rewards.clone());
    assert_eq!(call(&pool, ALICE, fil(0), calldata(selectors::CLAIM_REWARDS, &[])).unwrap(), word(&rewards));
    pool.host.expect_pay(ALICE, fil(1));
    let redeem = calldata(selectors::REDEEM, &[word(&fil(1)), word(&fil(1))]);
    assert_eq!(call(&pool, ALICE, fil(0), redeem).unwrap(), word(&fil(1)));
    assert_eq!(call(&pool, ALICE, fil(0), calldata(selectors::REDEEM, &[word(&fil(1)), word(&fil(2))])), Err(65));
    pool.expect_hook(BOB, ExitCode::OK);
    let transfer = calldata(selectors::TRANSFER, &[id_word(BOB), word(&fil(2))]);
    assert_eq!(call(&pool, ALICE, fil(0), transfer).unwrap(), word(&atto(1)));
    // An f410 address: the wallet that has it.
    pool.host.add_address(CAROL, Address::new_delegated(10, &[0xab; 20]).unwrap());
    let mut eth = [0; 32];
    eth[12..].fill(0xab);
    pool.expect_hook(CAROL, ExitCode::OK);
    call(&pool, ALICE, fil(0), calldata(selectors::TRANSFER, &[eth, word(&fil(3))])).unwrap();
    assert_eq!(call(&pool, BOB, fil(0), calldata(selectors::BALANCE_OF, &[eth])).unwrap(), word(&fil(3)));
    assert_eq!(call(&pool, BOB, fil(0), calldata(selectors::BALANCE_OF, &[id_word(BOB)])).unwrap(), word(&fil(2)));
    assert_eq!(call(&pool, BOB, fil(0), calldata(selectors::TOTAL_SUPPLY, &[])).unwrap(), word(&fil(9)));
    assert_eq!(call(&pool, BOB, fil(0), calldata(selectors::DECIMALS, &[])).unwrap(), word(&atto(18)));
    let name = call(&pool, BOB, fil(0), calldata(selectors::NAME, &[])).unwrap();
    let expected = [word(&atto(32)).to_vec(), word(&atto(5)).to_vec(), b"Peggy".to_vec(), vec![0; 27]].concat();
    assert_eq!(name, expected);
    assert!(!call(&pool, BOB, fil(0), calldata(selectors::SYMBOL, &[])).unwrap().is_zero_bytes());
}

trait ZeroBytes {
    fn is_zero_bytes(&self) -> bool;
}
impl ZeroBytes for Vec<u8> {
    fn is_zero_bytes(&self) -> bool {
        self.iter().all(|b| *b == 0)
    }
}

#[test]
fn failure_26_calldata_that_is_none_of_the_table_is_refused() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(10));
    let refused = |value, data| call(&pool, ALICE, value, data).unwrap_err();
    assert_eq!(refused(fil(0), vec![1, 2, 3]), 75, "no whole selector");
    assert_eq!(refused(fil(0), vec![1, 2, 3, 4]), 75, "unknown");
    assert_eq!(refused(fil(1), vec![1, 2, 3, 4]), 26, "unknown, with FIL: it goes back");
    assert_eq!(refused(fil(1), calldata(selectors::CLAIM_REWARDS, &[])), 26);
    assert_eq!(refused(fil(0), calldata(selectors::REDEEM, &[word(&fil(1))])), 75, "an argument short");
    let mut dirty = id_word(BOB);
    dirty[0] = 1;
    assert_eq!(refused(fil(0), calldata(selectors::TRANSFER, &[dirty, word(&fil(1))])), 75);
    assert_eq!(refused(fil(0), calldata(selectors::TRANSFER, &[[0; 32], word(&fil(1))])), 75, "the zero address");
    assert_eq!(refused(fil(0), calldata(selectors::TRANSFER, &[id_word(BOB), [0xff; 32]])), 19, "huge");
    assert_eq!(refused(fil(0), calldata(selectors::REDEEM, &[[0xff; 32], [0; 32]])), 19, "huge");
    let e = pool.raw(ALICE, InvokeEVM::NUMBER, fil(0), Some(IpldBlock { codec: CBOR, data: vec![0x01] })).unwrap_err();
    assert_eq!(e.code().value(), 21, "no byte string");
    assert!(pool.account(BOB).shares.is_zero());
}

#[test]
fn an_ethereum_wallet_leaves_by_the_queue() {
    let pool = Pool::new();
    pool.deposit(ALICE, fil(10));
    pool.deposit(BOB, fil(10));
    pool.request(BOB, fil(1));
    let ticket = call(&pool, ALICE, fil(0), calldata(selectors::REQUEST_EXIT, &[word(&fil(4))])).unwrap();
    assert_eq!(ticket, word(&atto(1)), "the ticket's number");
    pool.finalize(2);
    pool.host.expect_pay(ALICE, fil(4));
    let paid = call(&pool, ALICE, fil(0), calldata(selectors::CLAIM_EXIT, &[word(&atto(1))])).unwrap();
    assert_eq!(paid, word(&fil(4)));
    // Somebody else's ticket, none, a number beyond all, too few words, FIL sent along.
    assert_eq!(call(&pool, ALICE, fil(0), calldata(selectors::CLAIM_EXIT, &[word(&atto(0))])), Err(18));
    assert_eq!(call(&pool, ALICE, fil(0), calldata(selectors::CLAIM_EXIT, &[word(&atto(1))])), Err(17));
    assert_eq!(call(&pool, ALICE, fil(0), calldata(selectors::CLAIM_EXIT, &[[0xff; 32]])), Err(75));
    assert_eq!(call(&pool, ALICE, fil(0), calldata(selectors::REQUEST_EXIT, &[])), Err(75));
    assert_eq!(call(&pool, ALICE, fil(1), calldata(selectors::REQUEST_EXIT, &[word(&fil(1))])), Err(26));
    assert_eq!(call(&pool, ALICE, fil(0), calldata(selectors::REQUEST_EXIT, &[[0xff; 32]])), Err(19));
}
