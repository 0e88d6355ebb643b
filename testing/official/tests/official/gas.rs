//! What Peggy's messages cost on official miners, beside what they cost on our stand-ins: `make gas` measures on the latter.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::miner::{
    GetAvailableBalance, GetBeneficiary, GetOwner, GetVestingFunds, InitialPledge, RepayDebt, WithdrawBalance,
    WithdrawBalanceParams,
};
use peggy_runtime::Method;
use peggy_scenarios::stories::WORKER_CHANGE_DELAY;
use peggy_scenarios::world::encode;
use peggy_scenarios::{fil, World};

use crate::stage::{world, Stage, DAY};

/// The plan's.
const HARVEST_BUDGET: u64 = 35_000_000;

/// Steps with the gas they took.
type Table = Vec<(&'static str, u64)>;

/// Gas of a method called by the miner's owner, without a message's inclusion.
fn ask(w: &World, miner: ActorID, method: u64, params: RawBytes) -> u64 {
    let (from, to) = (Address::new_id(w.wiring.owner_proxy), Address::new_id(miner));
    let mut net = w.net.fork().unwrap();
    let outcome = net.implicit(from, to, TokenAmount::zero(), method, params).unwrap();
    outcome.ok().unwrap().gas_used()
}

fn entries(w: &World, miner: ActorID) -> usize {
    w.read::<GetVestingFunds>(miner, &()).vesting_funds.len()
}

/// What the proxy asks a miner when it measures one, with a table of 180 days.
fn asked(w: &World, miner: ActorID, table: &mut Table) {
    let length = entries(w, miner);
    assert!((179..=181).contains(&length), "{length}");
    for (name, method) in [
        ("miner GetVestingFunds, 180 entries", GetVestingFunds::NUMBER),
        ("miner GetAvailableBalance", GetAvailableBalance::NUMBER),
        ("miner InitialPledge", InitialPledge::NUMBER),
        ("miner GetOwner", GetOwner::NUMBER),
        ("miner GetBeneficiary", GetBeneficiary::NUMBER),
        ("miner RepayDebt", RepayDebt::NUMBER),
    ] {
        table.push((name, ask(w, miner, method, RawBytes::default())));
    }
    let mut other = w.fork();
    let stranger = other.cast.stranger.clone();
    let number = GetVestingFunds::NUMBER;
    let asked = other.send("GetVestingFunds", &stranger, miner, number, RawBytes::default(), TokenAmount::zero());
    table.push(("miner GetVestingFunds, same, as a message", asked.ok().gas));
    let nothing = encode(&WithdrawBalanceParams { amount_requested: TokenAmount::zero() });
    table.push(("miner WithdrawBalance(0)", ask(w, miner, WithdrawBalance::NUMBER, nothing)));
}

fn measure(mut w: World) -> Table {
    let mut table = Table::new();
    let (operator, keeper, alice) = (w.cast.operator.clone(), w.cast.keeper.clone(), w.cast.alice.clone());
    let second = w.create_owned_miner(fil(500));
    w.make_block(second, 1);
    table.push(("miner ChangeOwnerAddress, proposal", w.propose_owner(second, w.wiring.owner_proxy).ok().gas));
    table.push(("TakeOwner", w.take_owner(&operator, second).ok().gas));
    let born = w.create_miner(&operator, fil(300)).ok();
    table.push(("CreateMiner", born.gas));
    let miner = born.answer::<peggy_interfaces::owner_proxy::CreateMiner>().miner;
    w.deposit(&alice, fil(2_000)).ok();
    table.push(("Pledge", w.pledge(miner, fil(1_000)).ok().gas));

    w.make_block(miner, 4);
    table.push(("Harvest, reward free at once", w.harvest(&keeper, miner).ok().gas));
    asked(&w, miner, &mut table);
    // Rewards of a day's other half vest between those of the first: the table is as long as it ever gets.
    w.skip(DAY / 2);
    w.make_block(miner, 4);
    w.harvest(&keeper, miner).ok();
    table.push(("miner GetVestingFunds, longest table", ask(&w, miner, GetVestingFunds::NUMBER, RawBytes::default())));
    let length = entries(&w, miner);
    assert!((358..=361).contains(&length), "{length}");
    table.push(("Harvest, longest table", w.harvest(&keeper, miner).ok().gas));
    // Vested, and not yet unlocked by the cron of the deadline's end: the withdrawal writes the table.
    let due = w.read::<GetVestingFunds>(miner, &()).vesting_funds[0].0;
    w.skip(due + 1 - w.epoch());
    assert!(w.seen.miners[&miner].money.matured.is_positive(), "due at {due}, it is {}", w.epoch());
    table.push(("Harvest, longest table, just vested", w.harvest(&keeper, miner).ok().gas));
    table.push(("RepayDebt", w.repay_debt(&keeper, miner).ok().gas));
    w.skip(DAY);
    table.push(("Deposit, measuring two miners", w.deposit(&alice, fil(10)).ok().gas));
    table.push(("Deposit, measured already", w.deposit(&alice, fil(10)).ok().gas));
    w.skip(WORKER_CHANGE_DELAY);
    let spare = w.cast.spare_worker.address();
    table.push(("ChangeWorkerAddress", w.change_worker(&operator, miner, spare, vec![]).ok().gas));
    w.skip(WORKER_CHANGE_DELAY);
    table.push(("ConfirmChangeWorkerAddress", w.confirm_worker(&operator, miner).ok().gas));
    table
}

/// Prints both. Asserted is what the gas table on the stand-ins can be relied on for: no message of ours takes half as much again on
/// official miners, harvests take at most a quarter more, and stay below the plan's 35M but for the half hour after rewards vest.
#[test]
fn gas_of_peggys_messages_on_official_miners() {
    let (official, stand_in) = (measure(world()), measure(World::new()));
    println!("{:<42} {:>12} {:>12}", "", "official", "stand-in");
    for ((name, official), (_, stand_in)) in official.iter().zip(&stand_in) {
        println!("{name:<42} {official:>12} {stand_in:>12}");
    }
    for ((name, official), (_, stand_in)) in official.iter().zip(&stand_in) {
        // The proposal is the former owner's message to the miner; none of ours.
        if !name.starts_with("miner ") {
            assert!(official * 2 <= stand_in * 3, "{name}: {official} on official actors, {stand_in} on ours");
        }
        if name.starts_with("Harvest") {
            assert!(official * 4 <= stand_in * 5, "{name}: {official} on official actors, {stand_in} on ours");
            assert!(*official <= HARVEST_BUDGET || name.ends_with("just vested"), "{name}: {official}");
        }
    }
}
