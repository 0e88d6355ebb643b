//! Every number on docs/economics.md, against the actors' own arithmetic: each sum there is worked out as it stands, each result is
//! compared with what the actors give for the same givens, and no number stands there unchecked.

mod page;
mod sums;

use fvm_shared::econ::TokenAmount;
use peggy_interfaces::liquidity::{self as interface, Settings};
use peggy_interfaces::owner_proxy::KeeperCut;
use peggy_interfaces::pool::{limits, Fee, MeasuredPriceReturn, MinerTotals};
use peggy_ledger::Stream;
use peggy_liquidity::math as liquidity;
use peggy_math::saturating_sub;
use peggy_owner_proxy::math::{impairment, keeper_cut, Measurement, Plan};
use peggy_pool::math as pool;
use peggy_pool::state::Totals;

use page::{loose_numbers, names, Example};

fn one() -> TokenAmount {
    TokenAmount::from_whole(1)
}

/// What one share is worth.
fn price(totals: &Totals) -> TokenAmount {
    pool::amount_for(&one(), totals)
}

/// The pool's books with everything backed.
fn books(liquid: TokenAmount, pledged: TokenAmount, shares: TokenAmount) -> Totals {
    let miners = MinerTotals { principal: pledged, ..MinerTotals::default() };
    Totals { liquid, shares, miners, ..Totals::default() }
}

#[test]
fn every_example_is_compared() {
    let compared =
        ["price", "reward", "second reward", "bond", "beyond", "queue", "sale", "provide"].map(ToOwned::to_owned);
    assert_eq!(names(), compared, "an example of the page has no test, or a test no example");
    assert_eq!(loose_numbers(), Vec::<String>::new(), "numbers in the text that no example has");
}

#[test]
fn the_price_and_the_price_to_enter() {
    let page = Example::read("price");
    let impaired = page.amount("impaired");
    let mut totals = books(page.amount("at hand"), page.amount("pledged"), page.amount("shares"));
    totals.dead = page.amount("dead shares");
    totals.miners.impaired_net = &impaired - page.amount("of that, made good by rewards still vesting");
    totals.miners.impaired = impaired;
    page.gives("net assets", &totals.nav());
    page.gives("net assets for who enters", &totals.entry_nav());
    page.gives("price", &price(&totals));

    let entry = page.amount("price to enter");
    assert_eq!(pool::shares_for(&entry, &totals), Ok(one()));
    let deposit = page.amount("a deposit");
    let shares = pool::shares_for(&deposit, &totals).unwrap();
    page.gives("brings", &shares);
    totals.liquid += deposit;
    totals.shares += &shares;
    page.gives("which redeem at once for", &pool::amount_for(&shares, &totals));
}

#[test]
fn a_reward_and_how_it_reaches_holders() {
    let page = Example::read("reward");
    let harvested = page.amount("harvested");
    let (bps, cap) = (page.bps("the keeper's part"), page.amount("but is at most"));
    page.gives("would be", &keeper_cut(&KeeperCut { bps, cap: harvested.clone() }, &harvested));
    let shared = &harvested - keeper_cut(&KeeperCut { bps, cap }, &harvested);
    page.gives("left to share", &shared);
    let fee = |what: &str| Fee { label: what.to_owned(), recipient: 100, bps: page.bps(what) };
    let fees = [fee("the operator's fee"), fee("the dataset's fee")];
    let (parts, rest) = pool::split_reward(&shared, &fees);
    page.gives("which is", &parts[0]);
    page.gives("and that", &parts[1]);
    page.gives("joins the stream", &rest);

    let (period, later) = (page.epochs("in epochs"), page.epochs("later by"));
    assert_eq!(page.epochs("epochs in a day"), limits::DAY);
    assert_eq!(page.epochs("the reward period, a week of them") * limits::DAY, period);
    let mut stream = Stream::default();
    stream.merge(&rest, 0, period);
    let released = stream.release(later, true);
    page.gives("is released", &released);
    page.gives("still in the stream", &stream.amount);
    assert_eq!(page.epochs("for another"), stream.end - later);

    let (all, own) = (page.amount("all shares"), page.amount("a holder's"));
    let mut index = peggy_ledger::RewardIndex::default();
    let mut account = peggy_ledger::Account::default();
    account.add(&index.parcel(&own));
    assert!(index.distribute(&released, &all));
    page.gives("who can claim", &account.claimable(&index.index));
}

#[test]
fn a_second_reward() {
    let page = Example::read("second reward");
    let (left, period) = (page.epochs("for another"), page.epochs("the reward period"));
    let ends_after = |second: &TokenAmount| {
        let mut stream = Stream { amount: page.amount("still in the stream"), updated_at: 0, end: left };
        stream.merge(second, 0, period);
        stream.end
    };
    assert_eq!(page.epochs("now all ends in"), ends_after(&page.amount("a second reward")));
    assert_eq!(page.epochs("all would have ended in"), ends_after(&page.amount("had it been dust")));
}

#[test]
fn a_loss_the_bond_bears() {
    let page = Example::read("bond");
    let mut totals = books(page.amount("at hand"), page.amount("pledged"), page.amount("shares"));
    page.gives("the price before", &price(&totals));
    let (loss, bond) = (page.amount("a fine takes"), page.amount("of these in the bond"));
    let (destroyed, written_off) = pool::absorbed(&loss, &bond, &totals);
    assert_eq!(written_off, loss);
    totals.miners.impaired = loss.clone();
    totals.miners.impaired_net = loss;
    totals.shares -= &destroyed;
    pool::write_off(&mut totals.miners, &written_off, &written_off);
    page.gives("bond shares destroyed", &destroyed);
    page.gives("pledged after it", &totals.miners.principal);
    page.gives("shares after it", &totals.shares);
    page.gives("the price after", &price(&totals));
    page.gives("left in the bond", &(bond - destroyed));
    assert_eq!(totals.miners.impaired, TokenAmount::default());
}

#[test]
fn a_loss_beyond_the_bond() {
    let page = Example::read("beyond");
    let mut totals = books(page.amount("at hand"), page.amount("pledged"), page.amount("shares"));
    let (loss, bond) = (page.amount("a fine takes"), page.amount("of these in the bond"));
    let (destroyed, written_off) = pool::absorbed(&loss, &bond, &totals);
    assert_eq!(destroyed, bond);
    totals.miners.impaired = loss.clone();
    totals.miners.impaired_net = loss;
    totals.shares -= destroyed;
    pool::write_off(&mut totals.miners, &written_off, &written_off);
    page.gives("the bond bears all it is worth", &written_off);
    page.gives("pledged after it", &totals.miners.principal);
    page.gives("shares after it", &totals.shares);
    page.gives("stays impaired", &totals.miners.impaired);
    page.gives("net assets", &totals.nav());
    page.gives("price", &price(&totals));
    page.gives("redeem for", &pool::amount_for(&page.amount("a holder's"), &totals));

    // What the miner earns is free and fills the hole first.
    let (principal, earned) = (&totals.miners.principal, page.amount("the miner then earns"));
    let backing = principal - &totals.miners.impaired + &earned;
    let zero = TokenAmount::default;
    let measured = Measurement { backing: backing.clone(), vesting: zero(), available: earned, debt: zero() };
    let plan = Plan::at_most(principal, &measured).wanting(&zero());
    page.gives("of which there is reward", &plan.reward);
    let (impaired, impaired_net) = impairment(principal, &(backing - plan.reward), &zero());
    (totals.miners.impaired, totals.miners.impaired_net) = (impaired, impaired_net);
    page.gives("and the price is again", &price(&totals));
}

#[test]
fn the_exit_queue() {
    let page = Example::read("queue");
    let (nav, liquid) = (page.amount("net assets"), page.amount("of these at hand"));
    let mut totals = books(liquid.clone(), nav - liquid, page.amount("shares"));
    let tickets = ["the first ticket", "the second ticket", "the third ticket"].map(|what| page.amount(what));
    totals.queued = tickets.iter().sum();
    page.gives("all of them need", &pool::exit_demand(&totals));
    page.gives("of which there is not at hand", &saturating_sub(&pool::exit_demand(&totals), &totals.liquid));

    let pay = |totals: &mut Totals, ticket: &TokenAmount| {
        let (shares, amount) = pool::payable_exit(ticket, totals).unwrap();
        totals.liquid -= &amount;
        totals.shares -= &shares;
        totals.queued -= &shares;
        (shares, amount)
    };
    let (first, owed) = pay(&mut totals, &tickets[0]);
    assert_eq!(first, tickets[0]);
    page.gives("the first is owed", &owed);
    page.gives("at hand then", &totals.liquid);
    let (part, owed) = pay(&mut totals, &tickets[1]);
    page.gives("the second turns into FIL", &part);
    page.gives("for which it is owed", &owed);
    page.gives("and it waits on with", &(&tickets[1] - part));
    page.gives("left at hand", &totals.liquid);
    page.gives("harvests bring home", &saturating_sub(&pool::exit_demand(&totals), &totals.liquid));
}

/// A price of one.
fn par() -> MeasuredPriceReturn {
    MeasuredPriceReturn { nav: one(), entry_nav: one(), priced: one() }
}

#[test]
fn a_sale_to_liquidity() {
    let page = Example::read("sale");
    let settings = Settings { base_bps: page.bps("base"), slope_bps: page.bps("slope"), max_bps: page.bps("maximum") };
    let (fil, zero) = (page.amount("liquidity has"), TokenAmount::default());
    let sold = page.amount("shares sold, at a price of 1 FIL");
    let pays = |shares: &TokenAmount, fil: &TokenAmount, inventory: &TokenAmount| {
        liquidity::payment(shares, fil, inventory, &par(), &settings)
    };
    let paid = pays(&sold, &fil, &zero);
    page.gives("the sale pays", &paid);
    page.gives_ratio("mean", &(&sold - &paid), &sold);
    // The mean has two ends: what a sale costs that moves nothing, and as far beyond the mean again.
    let flat = Settings { slope_bps: peggy_math::Bps(0), ..settings };
    let before = &sold - liquidity::payment(&sold, &fil, &zero, &par(), &flat);
    page.gives_ratio("discount before", &before, &sold);
    page.gives_ratio("discount after", &((&sold - &paid) * 2u32 - before), &sold);
    page.gives("all there is then", &(&fil + liquidity::worth(&sold, &par())));

    let half = sold.div_floor(2);
    page.gives("half of them", &half);
    let first = pays(&half, &fil, &zero);
    page.gives("sold in two halves, the first pays", &first);
    let left = &fil - &first;
    page.gives("liquidity has then", &left);
    let second = pays(&half, &left, &half);
    page.gives("and the second pays", &second);
    page.gives("both together", &(first + second));

    page.gives("would be quoted at", &pays(&page.amount("far too much, at the maximum"), &fil, &zero));
}

#[test]
fn providing_liquidity() {
    let page = Example::read("provide");
    let brought = page.amount("the first provider brings");
    let first = liquidity::lp_for(&brought, &TokenAmount::default(), &TokenAmount::default()).unwrap();
    page.gives("and leaves behind", &first.locked);
    assert_eq!(first.locked, TokenAmount::from_atto(interface::limits::LOCKED_LP));
    page.gives("so it gets", &first.provider);
    let mut supply = first.provider + first.locked;

    let fil = &brought - page.amount("the sale took out");
    page.gives("after it there are", &fil);
    let (inventory, mut fil) = (page.amount("and"), fil + page.amount("which have earned"));
    let value = &fil + liquidity::cost(&inventory, &par());
    page.gives("a share is worth", &liquidity::cost(&one(), &par()));
    page.gives("all of it", &value);
    let more = page.amount("a second provider brings");
    let second = liquidity::lp_for(&more, &supply, &value).unwrap().provider;
    page.gives("and gets", &second);
    supply += second;
    fil += more;

    let back = page.amount("later it gives back");
    page.gives("for FIL", &liquidity::part(&fil, &back, &supply));
    page.gives("and shares", &liquidity::part(&inventory, &back, &supply));
}
