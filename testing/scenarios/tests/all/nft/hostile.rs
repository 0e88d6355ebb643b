//! Failures 9 and 10: hooks that call back or refuse.

use frc53_nft::types::{ApproveForAllParams, TransferFromParams, TransferReturn};
use fvm_ipld_encoding::{from_slice, RawBytes};
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::nft_share::{self as nft, ClaimOwedParams, ClaimParams, SetBeneficiaryParams, UnwrapParams};
use peggy_interfaces::pool::{ClaimRewardsParams, RedeemParams};
use peggy_interfaces::{frc46, frc53, pool};
use peggy_scenarios::nft_actions::{mint_data, token_transfer};
use peggy_scenarios::{atto, fil};
use test_forwarder::{CallReturn, CallSpec, Script, RECEIVE};

use super::Stage;

const REFUSES: u32 = 55;

/// What a hook that was just given `token` (of 10 shares, with rewards accrued before it came) might try: by name, and how many
/// tokens it has afterwards.
fn tricks(s: &Stage, token: u64) -> Vec<(&'static str, Vec<CallSpec>, u64)> {
    let (alice, me, other) = (s.alice.address(), s.contract(0), s.contract(1));
    let give = |to, token: u64| s.to_nft::<frc53::Transfer>(&token_transfer(to, &[token]));
    let claim = s.to_nft::<nft::Claim>(&ClaimParams { token_ids: vec![token], amount: None });
    let owed = s.to_nft::<nft::ClaimOwed>(&ClaimOwedParams { to: me, amount: None });
    let burn = s.to_nft::<frc53::Burn>(&vec![token]);
    let unwrap = s.to_nft::<nft::Unwrap>(&UnwrapParams { token_ids: vec![token], to: Some(other) });
    let split = s.to_nft::<nft::Split>(&nft::SplitParams { token_id: token, amounts: vec![fil(4)] });
    let beneficiary =
        s.to_nft::<nft::SetBeneficiary>(&SetBeneficiaryParams { token_ids: vec![token], beneficiary: other });
    let back = s.to_nft::<frc53::TransferFrom>(&TransferFromParams {
        from: alice,
        to: me,
        token_ids: vec![token],
        operator_data: RawBytes::default(),
    });
    let redeem = s.to_pool::<pool::Redeem>(&RedeemParams { shares: fil(10), min_amount: TokenAmount::zero() });
    let rewards = s.to_pool::<pool::ClaimRewards>(&ClaimRewardsParams { to: me, amount: None });
    vec![
        ("passes it on", vec![give(other, token)], 0),
        ("gives it back", vec![give(alice, token)], 0),
        ("gives it back and takes it again", vec![give(alice, token), back.may_fail()], 0),
        ("sends it to itself", vec![give(me, token)], 1),
        ("passes it on twice", vec![give(other, token), give(other, token).may_fail()], 0),
        ("claims at once", vec![claim.clone(), claim.clone(), owed.clone()], 1),
        ("burns it twice", vec![burn.clone(), burn.clone().may_fail()], 0),
        ("unwraps it elsewhere", vec![unwrap.clone(), burn.may_fail()], 0),
        ("unwraps and redeems", vec![s.to_nft::<frc53::Burn>(&vec![token]), redeem, rewards], 0),
        ("splits it", vec![split, unwrap.may_fail()], 2),
        ("names another beneficiary", vec![beneficiary, claim, owed], 1),
    ]
}

/// [`World`](peggy_scenarios::World) checks after every step that positions are the account at the pool to the last bit, that FIL went where
/// events say and that the answers of its own books agree. What is left to check is who has what.
#[test]
fn failure_10_re_entry_from_the_hook_of_a_transfer() {
    let mut stage = Stage::new();
    let alice = stage.alice.clone();
    let token = stage.mint(&alice, fil(10));
    stage.earn();
    for (name, calls, left) in tricks(&stage, token) {
        let mut s = Stage {
            w: stage.w.fork(),
            alice: alice.clone(),
            bob: stage.bob.clone(),
            dave: stage.dave.clone(),
            ..stage
        };
        let accrued = s.w.position(token).accrued;
        s.script(0, vec![Script::call_back(RECEIVE, calls)]);
        let (to, before) = (s.contract(0), s.w.balance(s.contracts[0]));
        let done: TransferReturn = s.w.nft_transfer(&alice, to, &[token]).decode();
        assert_eq!(done.to_balance, left, "{name}: what is answered is what is there");
        assert_eq!(s.balance(to), left, "{name}");
        // Nothing of what had accrued went with the token, but for the FIL of redeemed shares.
        let gained = s.w.balance(s.contracts[0]) - before;
        assert!(gained <= fil(10) + atto(10), "{name}: {gained} FIL");
        assert!(name.contains("redeems") || gained.is_zero(), "{name}: {gained} FIL");
        assert!(s.w.nft_owed(&alice).owed >= accrued, "{name}");
    }
}

#[test]
fn failure_10_re_entry_from_the_hook_of_a_mint() {
    let stage = Stage::new();
    let alice = stage.alice.clone();
    let token = stage.w.next_token();
    for (name, calls, left) in tricks(&stage, token) {
        for deposit in [false, true] {
            let mut s = Stage {
                w: stage.w.fork(),
                alice: alice.clone(),
                bob: stage.bob.clone(),
                dave: stage.dave.clone(),
                ..stage
            };
            s.script(0, vec![Script::call_back(RECEIVE, calls.clone())]);
            let to = s.contract(0);
            let outcome = if deposit {
                s.w.nft_deposit(&alice, fil(10), Some(to), None)
            } else {
                s.w.nft_mint_for(&alice, fil(10), mint_data(Some(to), None))
            };
            // A deposit may bring a little more or less than 10 shares: those tricks that need exactly 10 may fail, but whole.
            if deposit && !outcome.is_ok() {
                outcome.failed();
                assert_eq!(s.balance(to), 0, "{name}");
                continue;
            }
            outcome.ok();
            assert_eq!(s.balance(to), left, "{name}");
        }
    }
}

#[test]
fn failure_10_re_entry_from_the_hook_of_the_shares_that_come_back() {
    let mut s = Stage::new();
    let (alice, me) = (s.alice.clone(), s.contract(0));
    let (first, second) = (s.mint(&alice, fil(10)), s.mint(&alice, fil(5)));
    s.w.nft_transfer(&alice, me, &[first, second]).ok();
    s.earn();
    // Burning one: the pool's hook tries to burn it again, to move it, and wraps the shares anew.
    let again = s.to_nft::<frc53::Burn>(&vec![first]).may_fail();
    let pass = s.to_nft::<frc53::Transfer>(&token_transfer(s.contract(1), &[first])).may_fail();
    let wrap =
        frc46_token::token::types::TransferParams { to: s.nft(), amount: fil(10), operator_data: RawBytes::default() };
    let wrap = s.to_pool::<frc46::Transfer>(&wrap);
    s.script(0, vec![Script::call_back(RECEIVE, vec![again, pass, wrap])]);
    let burn = s.to_nft::<frc53::Burn>(&vec![first]);
    let done: CallReturn = s.calls(0, vec![burn]).decode();
    let left: u64 = from_slice(done.results[0].data.bytes()).unwrap();
    assert_eq!((left, s.balance(me)), (2, 2), "the other one, and the shares in a new one");
    let log = s.log(0);
    let codes: Vec<u32> = log.received.iter().flat_map(|r| r.results.iter().map(|r| r.exit_code)).collect();
    assert_eq!(codes, [80, 80, 0]);
    assert_eq!(s.w.position(s.w.next_token() - 1).shares, fil(10));
}

#[test]
fn failure_10_an_approved_hook_moves_a_token_once() {
    let mut s = Stage::new();
    let (alice, me, other) = (s.alice.clone(), s.contract(0), s.contract(1));
    let token = s.mint(&alice, fil(10));
    s.w.nft_approve(&alice, me, &[token]).ok();
    let take = |to, from| {
        s.to_nft::<frc53::TransferFrom>(&TransferFromParams {
            from,
            to,
            token_ids: vec![token],
            operator_data: RawBytes::default(),
        })
    };
    let (take, again) = (take(other, alice.address()), take(me, other).may_fail());
    s.script(1, vec![]);
    let done: CallReturn = s.calls(0, vec![take, again]).decode();
    assert_eq!(done.results[1].exit_code, 82, "the approval ended with the first transfer");
    assert_eq!(s.balance(other), 1);
    // An approval for all is the owner's to give: a hook can give its own, and loses what it approved.
    let approve = s.to_nft::<frc53::ApproveForAll>(&ApproveForAllParams { operator: alice.address() });
    s.calls(1, vec![approve]).ok();
    s.w.nft_transfer_from(&alice, other, alice.address(), &[token]).ok();
    assert_eq!(s.balance(other), 0);
}

#[test]
fn failure_9_a_refusing_hook_blocks_nobody_else() {
    let mut s = Stage::new();
    let (alice, bob, me) = (s.alice.clone(), s.bob.clone(), s.contract(0));
    let (own, other) = (s.mint(&alice, fil(10)), s.mint(&bob, fil(10)));
    s.w.nft_transfer(&alice, me, &[own]).ok();
    s.w.nft_beneficiary(&bob, me, &[other]).ok();
    s.earn();
    // From now on it refuses tokens and shares of any kind.
    s.script(0, vec![Script::reject(RECEIVE, REFUSES)]);
    s.w.nft_transfer(&bob, me, &[other]).refused(REFUSES, "told to fail");
    s.w.nft_mint_for(&bob, fil(1), mint_data(Some(me), None)).refused(REFUSES, "told to fail");
    s.w.nft_deposit(&bob, fil(5), Some(me), None).refused(REFUSES, "told to fail");
    s.w.nft_unwrap(&bob, Some(me), &[other]).refused(REFUSES, "told to fail");
    // As a beneficiary it can't refuse what it is paid, so it holds up nothing: claims, transfers, exits go on.
    s.w.nft_claim(&bob, &[other], None).ok();
    s.w.nft_transfer(&bob, alice.address(), &[other]).ok();
    s.w.nft_pay_owed(&bob, me).ok();
    s.w.nft_burn(&alice, &[other]).ok();
    // It can't burn its own token, for it refuses the shares, but it can send them elsewhere.
    let burn = s.to_nft::<frc53::Burn>(&vec![own]);
    s.calls(0, vec![burn]).refused(REFUSES, "told to fail");
    let unwrap = s.to_nft::<nft::Unwrap>(&UnwrapParams { token_ids: vec![own], to: Some(bob.address()) });
    s.calls(0, vec![unwrap]).ok();
    assert_eq!(s.balance(me), 0);
}

#[test]
fn failure_18_tokens_sent_unasked_do_not_make_an_owner_pay() {
    // Somebody sends an owner token after token: what the owner does costs a little more, not ever more.
    let mut s = Stage::new();
    let (alice, bob) = (s.alice.clone(), s.bob.clone());
    let own = s.mint(&alice, fil(10));
    let gas = |s: &Stage, token| {
        let mut fork = s.w.fork();
        fork.nft_transfer(&alice, bob.address(), &[token]).ok().gas
    };
    let before = gas(&s, own);
    for _ in 0..4 {
        let token = s.mint(&bob, fil(1));
        let parts = s.w.nft_split(&bob, token, &vec![atto(1); 31]).answer::<nft::Split>().token_ids;
        s.w.nft_transfer(&bob, alice.address(), &parts).ok();
    }
    assert_eq!(s.balance(alice.address()), 129);
    let after = gas(&s, own);
    assert!(after < before + 8_000_000, "{before} gas, then {after}");
}
