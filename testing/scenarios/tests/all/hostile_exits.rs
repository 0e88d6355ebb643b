//! Failure 9: nothing a miner, a hook, another ticket or governance does blocks a finalised claim. Each hostility of `testing/actors` is
//! tried, and bob's claim pays the same.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::{ActorID, MethodNum};
use localnet_builtin::miner::levers::Sick;
use num_traits::Zero;
use peggy_interfaces::pool::limits::DAY;
use peggy_interfaces::pool::{self, ClaimExitParams, FinalizeExitsParams, RequestExitParams, TicketParams};
use peggy_interfaces::{frc46, miner};
use peggy_localnet::Key;
use peggy_runtime::Method;
use peggy_scenarios::world::encode;
use peggy_scenarios::{deploy, fil, Outcome, World};
use test_forwarder::{
    CallParams, CallReturn, CallSpec, ConfigureParams, GetLogReturn, Script, CALL, CONFIGURE, GET_LOG, RECEIVE,
};

use crate::exits::{gets, serve};

/// What the contract's scripts fail with.
const REFUSES: u32 = 55;

/// The contract's ticket is first, bob's second, and a second one of the contract's waits behind; the first two are finalised.
struct Stage {
    w: World,
    miner: ActorID,
    contract: ActorID,
    /// Of the contract, of bob, of the contract.
    tickets: [u64; 3],
}

impl Stage {
    fn new() -> Self {
        let mut w = World::new();
        let miner = w.vested_custody(fil(500));
        let (alice, bob, faucet) = (w.cast.alice.clone(), w.cast.bob.clone(), w.net.genesis().faucet.clone());
        let mut contract = 0;
        w.lever("a contract is installed", |net| {
            let code = deploy::install(net, &faucet, deploy::wasm("test_forwarder")?)?;
            contract = deploy::create(net, &faucet, code, RawBytes::default())?;
            Ok(())
        });
        w.deposit(&alice, fil(600)).ok();
        w.deposit(&bob, fil(400)).ok();
        w.transfer(&alice, Address::new_id(contract), fil(300)).ok();
        let liquid = w.totals().liquid;
        w.pledge(miner, &liquid - fil(200)).ok();
        let idle = w.seen.miners[&miner].money.unlocked();
        w.commit_sectors(miner, &idle);
        w.award(miner, &fil(400));
        let mut stage = Self { w, miner, contract, tickets: [0; 3] };
        let request = |shares| stage.to_pool::<pool::RequestExit>(&RequestExitParams { shares });
        let (first, last) = (request(fil(100)), request(fil(200)));
        stage.tickets[0] = stage.w.exit_demand().next;
        stage.order(vec![first]).ok();
        stage.tickets[1] = stage.w.ticket(&bob, fil(100));
        stage.tickets[2] = stage.w.exit_demand().next;
        stage.order(vec![last]).ok();
        assert_eq!(serve(&mut stage.w), (2, fil(200)));
        stage
    }

    fn fork(&self) -> Self {
        Self { w: self.w.fork(), ..*self }
    }

    fn to_pool<M: Method>(&self, request: &M::Params) -> CallSpec {
        CallSpec::new(Address::new_id(self.w.wiring.pool), M::NUMBER, encode(request))
    }

    /// Has the contract make calls.
    fn order(&mut self, calls: Vec<CallSpec>) -> Outcome {
        let stranger = self.w.cast.stranger.clone();
        let params = encode(&CallParams { calls });
        self.w.send("Call", &stranger, self.contract, CALL, params, TokenAmount::zero())
    }

    fn script(&mut self, scripts: Vec<Script>) {
        let stranger = self.w.cast.stranger.clone();
        let params = encode(&ConfigureParams { scripts });
        self.w.send("Configure", &stranger, self.contract, CONFIGURE, params, TokenAmount::zero()).ok();
    }

    fn log(&self) -> GetLogReturn {
        self.w.net.query(Address::new_id(self.contract), GET_LOG, RawBytes::default()).unwrap().decode().unwrap()
    }

    /// Bob is paid his 100 and what they earned, now.
    #[track_caller]
    fn bob_is_paid(&mut self, what: &str) {
        let (bob, ticket) = (self.w.cast.bob.clone(), self.tickets[1]);
        let due = self.w.find_ticket(ticket).unwrap();
        assert_eq!((due.shares, due.owed.clone()), (fil(0), fil(100)), "{what}");
        let got = gets(&mut self.w, &bob, |w| w.claim_exit(&bob, ticket));
        assert_eq!(got, due.owed + due.rewards, "{what}");
    }
}

#[test]
fn failure_09_no_miner_blocks_a_finalised_claim() {
    let stage = Stage::new();
    let methods = [
        miner::GetAvailableBalance::NUMBER,
        miner::GetVestingFunds::NUMBER,
        miner::InitialPledge::NUMBER,
        miner::RepayDebt::NUMBER,
        miner::WithdrawBalance::NUMBER,
    ];
    let aborting =
        |methods: &[MethodNum]| Sick { abort: methods.iter().map(|m| (*m, 24)).collect(), ..Sick::default() };
    let mut sicknesses: Vec<Sick> = methods.iter().map(|m| aborting(&[*m])).collect();
    sicknesses.push(aborting(&methods));
    sicknesses.push(Sick { withdraw_at_most: Some(fil(0)), ..Sick::default() });
    for sick in sicknesses {
        let mut s = stage.fork();
        let keeper = s.w.cast.keeper.clone();
        s.w.set_sick(s.miner, Some(sick.clone()));
        s.bob_is_paid("a sick miner nobody looked at");
        let mut s = stage.fork();
        s.w.set_sick(s.miner, Some(sick));
        s.w.harvest(&keeper, s.miner).ok();
        s.w.skip(3 * DAY);
        s.bob_is_paid("a sick miner");
    }
    // Terminations, debt, the loss of everything.
    let keeper = stage.w.cast.keeper.clone();
    let mut s = stage.fork();
    s.w.hold_early_terminations(s.miner, true);
    s.w.harvest(&keeper, s.miner).ok();
    s.bob_is_paid("early terminations");
    let mut s = stage.fork();
    s.w.fine(s.miner, &fil(1_000_000));
    s.w.harvest(&keeper, s.miner).ok();
    assert!(s.w.totals().miners.impaired.is_positive());
    s.bob_is_paid("everything else is lost");
}

#[test]
fn failure_09_no_hook_blocks_a_finalised_claim() {
    let stage = Stage::new();
    let refuses = [RECEIVE, pool::InvokeEVM::NUMBER, pool::ClaimExit::NUMBER].map(|m| Script::reject(m, REFUSES));
    let mut s = stage.fork();
    s.script(refuses.to_vec());
    // What is sent to it runs no code of it: neither can it refuse what others pay to it, nor re-enter.
    let (bob, ticket, contract) = (s.w.cast.bob.clone(), s.tickets[1], s.contract);
    let before = s.w.balance(contract);
    s.w.claim_exit_to(&bob, ticket, Address::new_id(contract)).ok();
    assert!(s.w.balance(contract) - before >= fil(100));
    assert!(s.log().received.is_empty());
    // Its own claim, too.
    let claim = ClaimExitParams { ticket: s.tickets[0], to: Address::new_id(contract) };
    let claim = s.to_pool::<pool::ClaimExit>(&claim);
    let before = s.w.balance(contract);
    s.order(vec![claim.clone(), claim.may_fail()]).ok();
    let got = s.w.balance(contract) - before;
    assert!(got >= fil(100) && got < fil(110), "paid once: {got}");
    assert!(s.log().received.is_empty());

    let mut s = stage.fork();
    s.script(vec![Script::reject(RECEIVE, REFUSES)]);
    s.bob_is_paid("a refusing hook of somebody else");
}

/// What a hook tries, by name.
type Trick = (&'static str, Vec<CallSpec>);

#[test]
fn failure_09_no_other_ticket_blocks_a_finalised_claim() {
    let stage = Stage::new();
    let [first, _, last] = stage.tickets;
    let me = Address::new_id(stage.contract);
    let cancel = |s: &Stage, ticket| s.to_pool::<pool::CancelExit>(&TicketParams { ticket }).may_fail();
    let claim = |s: &Stage, ticket| s.to_pool::<pool::ClaimExit>(&ClaimExitParams { ticket, to: me }).may_fail();
    let finalize = |s: &Stage| s.to_pool::<pool::FinalizeExits>(&FinalizeExitsParams { max_tickets: 1_000 }).may_fail();
    let steal = |s: &Stage| claim(s, s.tickets[1]);
    let tricks: Vec<Trick> = vec![
        ("does not claim its own", vec![]),
        ("claims first", vec![claim(&stage, first), claim(&stage, first)]),
        ("claims bob's", vec![steal(&stage), cancel(&stage, stage.tickets[1])]),
        ("cancels what it can", vec![cancel(&stage, first), cancel(&stage, last), cancel(&stage, last)]),
        ("cancels, asks again, finalises", vec![cancel(&stage, last), finalize(&stage), claim(&stage, last)]),
        ("finalises at every turn", vec![finalize(&stage), claim(&stage, first), finalize(&stage)]),
    ];
    for (what, calls) in tricks {
        let mut s = stage.fork();
        s.order(calls).ok();
        s.bob_is_paid(what);
    }
    // Stealing answers 18 each time.
    let mut s = stage.fork();
    let calls = vec![steal(&s), cancel(&s, s.tickets[1])];
    let done: CallReturn = s.order(calls).decode();
    assert!(done.results.iter().all(|r| r.exit_code == 18), "{:?}", done.results);
}

/// What governance or anybody else does, by name.
type Setting = (&'static str, fn(&mut Stage));

/// Failure 29: a pause, terms, a change of operator, a slashed bond, a donation: a claim does not notice.
#[test]
fn failure_29_no_setting_blocks_a_finalised_claim() {
    let stage = Stage::new();
    let terms = stage.w.setup.terms_params(&stage.w.cast);
    let settings: Vec<Setting> = vec![
        ("a pause", |s| drop(s.w.pause(7 * DAY).ok())),
        ("a slashed bond", |s| s.w.slash_all()),
        ("another operator", |s| drop(s.w.set_operator(s.w.cast.dave.address()).ok())),
        ("a donation", |s| drop(s.w.donate(&s.w.cast.dave.clone(), s.w.wiring.pool, fil(5)).ok())),
    ];
    for (what, set) in settings {
        let mut s = stage.fork();
        set(&mut s);
        s.bob_is_paid(what);
    }
    let mut s = stage.fork();
    s.w.set_terms(&pool::TermsParams { exit_cooldown: 20_160, min_ticket: fil(1_000), cap: fil(0), ..terms }).ok();
    s.bob_is_paid("other terms");
}

/// The whole way out works during a pause.
#[test]
fn failure_29_a_pause_blocks_no_exit() {
    let mut s = Stage::new();
    let (alice, dave, keeper) = (s.w.cast.alice.clone(), s.w.cast.dave.clone(), s.w.cast.keeper.clone());
    s.w.pause(7 * DAY).ok();
    s.w.deposit(&dave, fil(1)).refused(35, "paused");
    let (kept, leaves) = (s.w.ticket(&alice, fil(10)), s.w.ticket(&alice, fil(10)));
    s.w.cancel_exit(&alice, kept).ok();
    s.w.expire_sectors(s.miner, &fil(400));
    s.w.harvest(&keeper, s.miner).ok();
    // The contract's last one, then alice's.
    assert_eq!(serve(&mut s.w), (2, fil(210)));
    assert!(gets(&mut s.w, &alice, |w| w.claim_exit(&alice, leaves)) >= fil(10));
    s.w.redeem(&alice, fil(5)).failed();
    s.bob_is_paid("paused");
}

/// A contract whose hook is called with shares asks to leave with them at once, from within.
#[test]
fn failure_10_re_entry_into_the_queue_from_a_hook() {
    let stage = Stage::new();
    let ask = |shares| stage.to_pool::<pool::RequestExit>(&RequestExitParams { shares });
    let next = stage.w.exit_demand().next;
    let undo = stage.to_pool::<pool::CancelExit>(&TicketParams { ticket: next });
    let finalize = stage.to_pool::<pool::FinalizeExits>(&FinalizeExitsParams { max_tickets: 100 }).may_fail();
    let give = |amount| {
        let to = stage.w.cast.alice.address();
        let request = frc46_token::token::types::TransferParams { to, amount, operator_data: RawBytes::default() };
        stage.to_pool::<frc46::Transfer>(&request)
    };
    let tricks: Vec<(&str, Vec<CallSpec>, i64)> = vec![
        ("asks to leave", vec![ask(fil(10))], 0),
        ("asks and takes it back", vec![ask(fil(10)), undo.clone()], 10),
        ("asks twice with the same shares", vec![ask(fil(10)), ask(fil(10)).may_fail()], 0),
        ("asks, and gives the same away", vec![ask(fil(10)), give(fil(10)).may_fail()], 0),
        ("asks, finalises, takes it back", vec![ask(fil(10)), finalize, undo], 10),
    ];
    for (what, calls, left) in tricks {
        let mut s = stage.fork();
        let alice: Key = s.w.cast.alice.clone();
        s.script(vec![Script::call_back(RECEIVE, calls)]);
        s.w.transfer(&alice, Address::new_id(s.contract), fil(10)).ok();
        let held = s.w.seen.pool.accounts.get(&s.contract).map_or(fil(0), |h| h.shares.clone());
        assert_eq!(held, fil(left), "{what}");
        s.bob_is_paid(what);
    }
}
