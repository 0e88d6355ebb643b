//! Hostile contracts: receiver hooks that call back, that refuse, and callers that are contracts.

use frc46_token::token::types::{
    BurnParams, IncreaseAllowanceParams, TransferFromParams, TransferFromReturn, TransferParams, TransferReturn,
};
use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::{ActorID, MethodNum};
use num_traits::Zero;
use peggy_interfaces::owner_proxy::{self as proxy, MinerParams};
use peggy_interfaces::pool::limits::DAY;
use peggy_interfaces::pool::{self, ClaimRewardsParams, DepositParams, RedeemParams};
use peggy_interfaces::{frc46, owner_proxy};
use peggy_localnet::Key;
use peggy_runtime::Method;
use peggy_scenarios::observe::Observed;
use peggy_scenarios::world::encode;
use peggy_scenarios::{abi, deploy, fil, invariants, Outcome, World};
use test_forwarder::{
    CallParams, CallReturn, CallSpec, ConfigureParams, GetLogReturn, Script, CALL, CONFIGURE, GET_LOG, RECEIVE,
};

/// What a hook of the test contract fails with.
const REFUSES: u32 = 55;

/// A world with a miner that earned, holders, and a contract anybody can give orders to.
struct Stage {
    w: World,
    miner: ActorID,
    contract: ActorID,
}

impl Stage {
    fn new() -> Self {
        let mut w = World::new();
        let miner = w.custody(fil(500));
        let alice = w.cast.alice.clone();
        // By somebody whose gas the world's books don't follow.
        let faucet = w.net.genesis().faucet.clone();
        let mut contract = 0;
        w.lever("a contract is installed", |net| {
            let code = deploy::install(net, &faucet, deploy::wasm("test_forwarder")?)?;
            contract = deploy::create(net, &faucet, code, RawBytes::default())?;
            Ok(())
        });
        w.deposit(&alice, fil(100)).ok();
        w.pledge(miner, fil(50)).ok();
        w.award(miner, &fil(400));
        w.skip(DAY);
        let keeper = w.cast.keeper.clone();
        w.harvest(&keeper, miner).ok();
        w.skip(DAY);
        Self { w, miner, contract }
    }

    fn address(&self) -> Address {
        Address::new_id(self.contract)
    }

    fn pool(&self) -> Address {
        Address::new_id(self.w.wiring.pool)
    }

    /// Gives the contract its orders.
    fn script(&mut self, scripts: Vec<Script>) {
        let stranger = self.w.cast.stranger.clone();
        let params = encode(&ConfigureParams { scripts });
        self.w.send("Configure", &stranger, self.contract, CONFIGURE, params, TokenAmount::zero()).ok();
    }

    /// Has the contract make calls, with FIL of whoever sends the message.
    fn calls(&mut self, from: &Key, calls: Vec<CallSpec>, value: TokenAmount) -> Outcome {
        self.w.send("Call", from, self.contract, CALL, encode(&CallParams { calls }), value)
    }

    fn to_pool<M: Method>(&self, request: &M::Params) -> CallSpec {
        CallSpec::new(self.pool(), M::NUMBER, encode(request))
    }

    fn shares_of(&self, id: ActorID) -> TokenAmount {
        self.w.read::<frc46::BalanceOf>(self.w.wiring.pool, &Address::new_id(id))
    }

    fn log(&self) -> GetLogReturn {
        let outcome = self.w.net.query(self.address(), GET_LOG, RawBytes::default()).unwrap();
        outcome.decode().unwrap()
    }

    /// What a hook that was just given 10 shares and some FIL might try: by name, and the shares it holds afterwards.
    fn tricks(&self) -> Vec<(&'static str, Vec<CallSpec>, TokenAmount)> {
        let alice = self.w.cast.alice.address();
        let (ten, nothing) = (fil(10), TokenAmount::zero());
        let give = |to: Address, amount: TokenAmount| {
            self.to_pool::<frc46::Transfer>(&TransferParams { to, amount, operator_data: RawBytes::default() })
        };
        let steal = |amount: TokenAmount| {
            let to = self.address();
            let request = TransferFromParams { from: alice, to, amount, operator_data: RawBytes::default() };
            self.to_pool::<frc46::TransferFrom>(&request).may_fail()
        };
        let redeem = self.to_pool::<pool::Redeem>(&RedeemParams { shares: ten.clone(), min_amount: nothing.clone() });
        let claim = self.to_pool::<pool::ClaimRewards>(&ClaimRewardsParams { to: self.address(), amount: None });
        let proxy = Address::new_id(self.w.wiring.owner_proxy);
        let harvest = CallSpec::new(
            proxy,
            owner_proxy::Harvest::NUMBER,
            encode(&MinerParams { miner: Address::new_id(self.miner) }),
        );
        let sync = CallSpec::new(proxy, owner_proxy::Sync::NUMBER, encode(&owner_proxy::SyncParams { max_miners: 3 }));
        vec![
            ("gives all back", vec![give(alice, ten.clone())], nothing.clone()),
            ("gives half back", vec![give(alice, fil(5))], fil(5)),
            ("sends to itself", vec![give(self.address(), ten.clone())], ten.clone()),
            ("spends twice", vec![give(alice, ten.clone()), give(alice, ten.clone()).may_fail()], nothing.clone()),
            ("redeems", vec![redeem.clone()], nothing.clone()),
            ("redeems and gives away", vec![redeem.clone(), give(alice, ten.clone()).may_fail()], nothing.clone()),
            ("claims twice", vec![claim.clone(), claim.clone()], ten.clone()),
            ("burns", vec![self.to_pool::<frc46::Burn>(&BurnParams { amount: ten.clone() })], nothing.clone()),
            ("steals", vec![steal(fil(20)), steal(fil(1))], ten.clone()),
            ("harvests", vec![harvest, sync], ten.clone()),
            ("redeems and claims", vec![redeem, claim], nothing.clone()),
        ]
    }
}

/// [`World`] checks after every step that balances sum up, that nothing is owed twice, and that its own books, which follow the
/// events, agree with the state. So what is left to check here is who holds what.
fn with_every_trick(give: impl Fn(&mut Stage, &Key, TokenAmount) -> (TokenAmount, TokenAmount)) {
    let stage = Stage::new();
    for (name, calls, left) in stage.tricks() {
        let mut s = Stage { w: stage.w.fork(), ..stage };
        let alice = s.w.cast.alice.clone();
        s.script(vec![Script::call_back(RECEIVE, calls)]);
        let (said_from, said_to) = give(&mut s, &alice, fil(10));
        let (from, to) = (s.shares_of(s.w.id(&alice)), s.shares_of(s.contract));
        assert_eq!((said_from, said_to), (from, to.clone()), "{name}: what is answered is what is there");
        assert_eq!(to, left, "{name}");
    }
}

#[test]
fn failure_10_re_entry_from_the_hook_of_a_transfer() {
    with_every_trick(|s, alice, amount| {
        let to = s.address();
        let done: TransferReturn = s.w.transfer(alice, to, amount).decode();
        (done.from_balance, done.to_balance)
    });
}

#[test]
fn failure_10_re_entry_from_the_hook_of_a_transfer_from() {
    with_every_trick(|s, alice, amount| {
        let (bob, to) = (s.w.cast.bob.clone(), s.address());
        s.w.increase_allowance(alice, bob.address(), amount.clone()).ok();
        let done: TransferFromReturn = s.w.transfer_from(&bob, alice.address(), to, amount).decode();
        assert!(done.allowance.is_zero());
        (done.from_balance, done.to_balance)
    });
}

#[test]
fn failure_10_re_entry_from_a_hook_can_not_spend_an_allowance_twice() {
    let mut s = Stage::new();
    let alice = s.w.cast.alice.clone();
    let (contract, pool) = (s.address(), s.w.wiring.pool);
    s.w.increase_allowance(&alice, contract, fil(10)).ok();
    // The contract moves alice's shares to itself; its own hook tries to do it again.
    let request =
        TransferFromParams { from: alice.address(), to: contract, amount: fil(10), operator_data: RawBytes::default() };
    let move_it = s.to_pool::<frc46::TransferFrom>(&request);
    s.script(vec![Script::call_back(RECEIVE, vec![move_it.clone().may_fail()])]);
    let before = s.shares_of(s.w.id(&alice));
    let stranger = s.w.cast.stranger.clone();
    s.calls(&stranger, vec![move_it], TokenAmount::zero()).ok();
    assert_eq!(s.shares_of(s.contract), fil(10));
    assert_eq!(s.shares_of(s.w.id(&alice)), before - fil(10));
    assert_eq!(s.log().received[0].results[0].exit_code, 19, "the second one finds no allowance");
    assert!(s
        .w
        .read::<frc46::Allowance>(
            pool,
            &frc46_token::token::types::GetAllowanceParams { owner: alice.address(), operator: contract }
        )
        .is_zero());
}

#[test]
fn failure_10_re_entry_from_the_hook_of_a_deposit() {
    let stage = Stage::new();
    for (name, calls, _) in stage.tricks() {
        let mut s = Stage { w: stage.w.fork(), ..stage };
        let alice = s.w.cast.alice.clone();
        s.script(vec![Script::call_back(RECEIVE, calls)]);
        let preview =
            s.w.read::<pool::PreviewDeposit>(s.w.wiring.pool, &pool::PreviewDepositParams { amount: fil(20) });
        let to = s.address();
        let done = s.w.deposit_for(&alice, fil(20), Some(to), TokenAmount::zero()).answer::<pool::Deposit>();
        assert_eq!(done.shares, preview.shares, "{name}");
        let received = &s.log().received[0];
        assert_eq!((received.method, received.caller), (RECEIVE, s.w.wiring.pool), "{name}");
    }
}

/// A hook that deposits FIL of its own, harvests and redeems, all at once. The world's own books can't follow FIL that moves
/// within a message without an event of who sent it, so only what holds of any state is checked here.
#[test]
fn failure_10_re_entry_that_deposits_and_redeems_from_a_hook_gains_nothing() {
    let mut s = Stage::new();
    let (alice, keeper) = (s.w.cast.alice.clone(), s.w.cast.keeper.clone());
    // Harvested within the same epoch by somebody else, so that there is nothing left for the hook to earn as a keeper.
    let to = s.address();
    s.w.donate(&alice, s.contract, fil(30)).ok();
    s.w.harvest(&keeper, s.miner).ok();
    let deposit = s
        .to_pool::<pool::Deposit>(&DepositParams { recipient: None, min_shares: TokenAmount::zero() })
        .with_value(fil(30));
    let redeem = s.to_pool::<pool::Redeem>(&RedeemParams { shares: fil(39), min_amount: TokenAmount::zero() });
    let claim = s.to_pool::<pool::ClaimRewards>(&ClaimRewardsParams { to, amount: None });
    s.script(vec![Script::call_back(RECEIVE, vec![deposit, claim.clone(), redeem, claim])]);

    let request = TransferParams { to, amount: fil(10), operator_data: RawBytes::default() };
    let (mut net, wiring) = (s.w.net.fork().unwrap(), s.w.wiring);
    let before = net.balance(&to).unwrap();
    let params = encode(&request);
    net.send(&alice, s.pool(), TokenAmount::zero(), frc46::Transfer::NUMBER, params).unwrap().ok().unwrap();
    let seen = Observed::of(&net, &wiring).unwrap();
    let findings = invariants::standing(&seen, &wiring, &net);
    assert!(findings.is_clean(), "{findings}");
    // 30 in; 39 shares out at the price of 1; a share or so is left, and nothing was earned in no time.
    let after = net.balance(&to).unwrap();
    let gained = &after - &before;
    let left = &seen.pool.accounts[&s.contract].shares;
    assert!(gained.clone() + left <= fil(10), "{gained} FIL and {left} shares out of 10 shares");
}

#[test]
fn failure_10_burning_and_paying_run_no_code_of_anybody() {
    let mut s = Stage::new();
    let alice = s.w.cast.alice.clone();
    let (contract, stranger) = (s.address(), s.w.cast.stranger.clone());
    s.w.transfer(&alice, contract, fil(20)).ok();
    s.w.skip(DAY);
    // Whatever is called on it would fail.
    let trap = |method: MethodNum| Script::reject(method, REFUSES);
    s.script(vec![trap(RECEIVE), trap(pool::InvokeEVM::NUMBER)]);
    let own = |amount: i64| BurnParams { amount: fil(amount) };
    let burn = s.to_pool::<frc46::Burn>(&own(5));
    let redeem = s.to_pool::<pool::Redeem>(&RedeemParams { shares: fil(5), min_amount: TokenAmount::zero() });
    let claim = s.to_pool::<pool::ClaimRewards>(&ClaimRewardsParams { to: contract, amount: None });
    let before = s.w.balance(s.contract);
    s.calls(&stranger, vec![burn, redeem, claim], TokenAmount::zero()).ok();
    assert_eq!(s.shares_of(s.contract), fil(10));
    assert!(s.w.balance(s.contract) > before + fil(4), "redeemed and claimed");
    assert!(s.log().received.is_empty());
    // Burning somebody's shares within an allowance calls nobody either.
    let allow = IncreaseAllowanceParams { operator: alice.address(), increase: fil(4) };
    let allow = s.to_pool::<frc46::IncreaseAllowance>(&allow);
    s.calls(&stranger, vec![allow], TokenAmount::zero()).ok();
    s.w.burn_from(&alice, contract, fil(4)).ok();
    assert!(s.log().received.is_empty());
    assert_eq!(s.shares_of(s.contract), fil(6));
}

#[test]
fn failure_10_a_hook_that_calls_back_into_every_change_stays_bounded() {
    // A hook that transfers to itself, which calls the hook, as often as the network allows within one message.
    let mut s = Stage::new();
    let alice = s.w.cast.alice.clone();
    let to = s.address();
    let request = TransferParams { to, amount: fil(1), operator_data: RawBytes::default() };
    let again =
        Script { times: 100, ..Script::call_back(RECEIVE, vec![s.to_pool::<frc46::Transfer>(&request).may_fail()]) };
    s.script(vec![again]);
    s.w.transfer(&alice, to, fil(1)).ok();
    assert_eq!(s.shares_of(s.contract), fil(1));
    assert!(s.log().received.len() > 5, "it did call back");
}

#[test]
fn failure_9_a_refusing_hook_fails_its_own_transfer_and_nothing_else() {
    let mut s = Stage::new();
    let (alice, bob) = (s.w.cast.alice.clone(), s.w.cast.bob.clone());
    let to = s.address();
    s.w.transfer(&alice, to, fil(10)).ok();
    s.w.skip(DAY);
    s.script(vec![Script::reject(RECEIVE, REFUSES)]);
    // World checks that a failed message changes nothing.
    s.w.transfer(&alice, to, fil(1)).refused(REFUSES, "told to fail");
    s.w.increase_allowance(&alice, bob.address(), fil(5)).ok();
    s.w.transfer_from(&bob, alice.address(), to, fil(1)).refused(REFUSES, "told to fail");
    s.w.deposit_for(&alice, fil(5), Some(to), TokenAmount::zero()).refused(REFUSES, "told to fail");
    assert_eq!(s.w.allowance(alice.address(), bob.address()), fil(5), "the allowance is back, too");
    // It can't refuse what is paid to it, so it blocks nobody: claims go there, and it can redeem.
    s.w.claim_to(&alice, to, None).ok();
    let redeem = s.to_pool::<pool::Redeem>(&RedeemParams { shares: fil(10), min_amount: TokenAmount::zero() });
    let stranger = s.w.cast.stranger.clone();
    s.calls(&stranger, vec![redeem], TokenAmount::zero()).ok();
    assert!(s.shares_of(s.contract).is_zero());
    // Its own deposit calls no hook: it asked for these shares.
    let deposit = s.to_pool::<pool::Deposit>(&DepositParams { recipient: None, min_shares: TokenAmount::zero() });
    s.calls(&stranger, vec![deposit.with_value(fil(2))], fil(2)).ok();
    assert!(s.shares_of(s.contract).is_positive());
}

#[test]
fn failure_10_a_harvest_pays_a_keeper_that_is_a_contract_without_calling_it() {
    let mut s = Stage::new();
    let stranger = s.w.cast.stranger.clone();
    s.w.award(s.miner, &fil(40));
    let proxy = Address::new_id(s.w.wiring.owner_proxy);
    let harvest =
        CallSpec::new(proxy, proxy::Harvest::NUMBER, encode(&MinerParams { miner: Address::new_id(s.miner) }));
    s.script(vec![Script::reject(RECEIVE, REFUSES)]);
    let before = s.w.balance(s.contract);
    s.calls(&stranger, vec![harvest], TokenAmount::zero()).ok();
    assert!(s.w.balance(s.contract) > before, "the keeper's cut arrived");
    assert!(s.log().received.is_empty());
}

// --- InvokeEVM --------------------------------------------------------------------------------------------------------------

fn calldata(data: Vec<u8>) -> RawBytes {
    encode(&ByteBuf(data))
}

#[test]
fn failure_26_a_contract_deposits_and_acts_through_invoke_evm() {
    let mut s = Stage::new();
    let stranger = s.w.cast.stranger.clone();
    let alice = s.w.id(&s.w.cast.alice);
    let evm = |s: &Stage, params: RawBytes| CallSpec::new(s.pool(), pool::InvokeEVM::NUMBER, params);
    let empty = evm(&s, RawBytes::default()).with_value(fil(4));
    let explicit = evm(&s, calldata(Vec::new())).with_value(fil(4));
    let named = evm(&s, calldata(abi::deposit())).with_value(fil(4));
    s.calls(&stranger, vec![empty, explicit, named], fil(12)).ok();
    let shares = s.shares_of(s.contract);
    assert!(shares > fil(11), "the contract is the sender, and holds the shares: {shares}");
    assert!(s.shares_of(s.w.id(&stranger)).is_zero());

    s.w.skip(DAY);
    let transfer = abi::transfer(&Address::new_id(alice), &fil(2)).unwrap();
    let redeem = abi::redeem(&fil(3), &TokenAmount::zero());
    let calls = [transfer, redeem, abi::claim_rewards()].map(|data| evm(&s, calldata(data)));
    let before = s.w.balance(s.contract);
    let done: CallReturn = s.calls(&stranger, calls.to_vec(), TokenAmount::zero()).decode();
    assert!(done.results.iter().all(|r| r.exit_code == 0));
    assert_eq!(s.shares_of(s.contract), shares - fil(5));
    assert!(s.w.balance(s.contract) > before + fil(2));
}

#[test]
fn failure_26_invoke_evm_without_value_and_with_wrong_calldata() {
    let mut s = Stage::new();
    let (carol, stranger) = (s.w.cast.carol.clone(), s.w.cast.stranger.clone());
    s.w.deposit(&carol, fil(10)).ok();
    // (calldata, FIL, exit code, words)
    let short = abi::selector("transfer(address,uint256)");
    let wrong_address = [&short[..], &[0xee; 64]].concat();
    let zero_address = [&short[..], &[0; 64]].concat();
    let cases: Vec<(Vec<u8>, i64, u32, &str)> = vec![
        (Vec::new(), 0, 60, "at least"),
        (abi::deposit(), 0, 60, "at least"),
        (vec![1, 2, 3], 0, 75, "selector of 4 bytes"),
        (vec![0xde, 0xad, 0xbe, 0xef], 0, 75, "no Ethereum method deadbeef"),
        (vec![0xde, 0xad, 0xbe, 0xef], 1, 26, "takes FIL"),
        (short, 0, 75, "2 arguments"),
        (wrong_address, 0, 75, "address"),
        (zero_address, 0, 75, "zero address"),
        (abi::redeem(&fil(11), &TokenAmount::zero()), 0, 19, "fewer than"),
        (
            abi::redeem(&TokenAmount::from_atto((num_bigint::BigInt::from(1) << 256) - 1), &TokenAmount::zero()),
            0,
            19,
            "fewer",
        ),
        (abi::redeem(&fil(1), &TokenAmount::zero()), 1, 26, "takes FIL"),
        (abi::claim_rewards(), 1, 26, "takes FIL"),
        (abi::selector("totalSupply()"), 1, 26, "takes FIL"),
    ];
    for (data, value, code, words) in cases {
        // The network refuses an empty byte string of such a wallet: it sends no parameters at all.
        let outcome =
            if data.is_empty() { s.w.deposit(&carol, fil(value)) } else { s.w.evm(&carol, data.clone(), fil(value)) };
        outcome.refused(code, words);
        // A contract gets the same answer.
        let call = CallSpec::new(s.pool(), pool::InvokeEVM::NUMBER, calldata(data)).with_value(fil(value)).may_fail();
        let done: CallReturn = s.calls(&stranger, vec![call], fil(value)).decode();
        let expected = if code == 19 && s.shares_of(s.contract).is_zero() { 19 } else { code };
        assert_eq!(done.results[0].exit_code, expected);
    }
}
