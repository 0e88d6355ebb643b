//! Governance on the official actors: accounts of both kinds vote, a fee changes, the pool's code is swapped, an upgrade is refused.

use peggy_interfaces::common::GetWiring;
use peggy_interfaces::frc46::BalanceOf;
use peggy_interfaces::governance::{Choice, State};
use peggy_interfaces::owner_proxy::{GetConfig, KeeperCut, SetKeeperCut};
use peggy_math::Bps;
use peggy_scenarios::council::{action, Council};
use peggy_scenarios::fil;

use crate::stage::world;

#[test]
fn depositors_change_rules_and_code_on_the_official_actors() {
    let mut c = Council::of(world());
    let (alice, bob, carol) = (c.key("alice"), c.key("bob"), c.key("carol"));
    for (who, shares) in [(&alice, 60), (&bob, 30), (&carol, 10)] {
        c.deposit(who, shares).ok();
    }
    let (second, broken) = (c.install("second_pool"), c.install("second_broken"));
    let cut = action::<SetKeeperCut>(c.wiring.owner_proxy, &KeeperCut { bps: Bps(7), cap: fil(1) });
    let good = c.propose(&alice, vec![cut, c.upgrade(c.wiring.pool, second, b"note")]);
    let bad = c.propose(&bob, vec![c.upgrade(c.wiring.liquidity, broken, b"")]);
    c.reach(c.proposal(bad).activate_from);
    for id in [good, bad] {
        c.activate(id).ok();
        c.vote(&alice, id, Choice::For).ok();
        // A BLS account, and an Ethereum-style one by castVote.
        c.vote(&bob, id, Choice::For).ok();
        c.vote(&carol, id, Choice::Against).ok();
    }
    assert_eq!(c.proposal(good).tally.yes, fil(90));
    c.close(bad);
    c.queue(good).ok();
    c.queue(bad).ok();
    c.wait(bad);
    let held = c.read::<BalanceOf>(c.wiring.pool, &carol.address());
    c.execute(good).ok();
    assert_eq!(c.code_of(c.wiring.pool), second);
    assert_eq!(c.read::<BalanceOf>(c.wiring.pool, &carol.address()), held);
    assert_eq!(c.read::<GetConfig>(c.wiring.owner_proxy, &()).keeper_cut.bps, Bps(7));
    // Its migration traps.
    let (code, root) = (c.code_of(c.wiring.liquidity), c.root_of(c.wiring.liquidity));
    assert!(!c.execute(bad).is_ok());
    assert_eq!((c.code_of(c.wiring.liquidity), c.root_of(c.wiring.liquidity)), (code, root));
    assert_eq!((c.stage(good), c.stage(bad)), (State::Executed, State::Queued));
    // Governance swaps its own code, in its own frame.
    let own = c.install("second_governance");
    c.decide(&["alice"], vec![c.upgrade(c.wiring.governance, own, b"note")]).ok();
    assert_eq!(c.code_of(c.wiring.governance), own);
    assert!(c.read::<GetWiring>(c.wiring.governance, &()).wiring.is_some());
}
