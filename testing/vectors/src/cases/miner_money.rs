//! Rewards in, withdrawals and debts out.

use fvm_shared::econ::TokenAmount;

use super::situations::{apply, withdraw, CRON};
use super::{atto, fil, Book, NONE, START};

pub fn add(book: &mut Book) {
    withdrawals(book);
    debts(book);
    rewards(book);
}

fn withdrawals(book: &mut Book) {
    let m = "miner.WithdrawBalance";
    let one = TokenAmount::from_atto(1);
    // In every state of the money: nothing, something, everything.
    for situation in [
        START,
        "rewarded",
        "rewarded twice",
        "the epoch of a vesting step",
        "a step vested",
        "three steps vested",
        "vested and unlocked",
        "penalised",
        "emptied",
        "in debt",
        "debt partly covered",
        "debt covered",
        "debt and vesting funds",
        "debt and vested funds",
        "debt above vesting funds",
        "debt and nothing free",
        "pledged",
        "at water",
        "an attoFIL under water",
        "under water",
        "terminating",
    ] {
        book.call(situation, "owner", m, "of more than there is, by the owner", withdraw(&fil(1_000_000)));
        book.call(situation, "owner", m, "of nothing, by the owner", withdraw(&fil(0)));
    }
    for situation in ["rewarded", "a step vested", "debt covered", "pledged"] {
        book.call(situation, "owner", m, "of a part, by the owner", withdraw(&(fil(3) + &one)));
    }
    for (from, who) in [
        ("worker", "the worker"),
        ("alice", "somebody else"),
        ("miner", "itself"),
        ("reward", "the reward actor"),
        ("system", "the system actor"),
        ("contract", "a contract that is not the owner"),
        ("faucet", "another account"),
    ] {
        book.call("rewarded", from, m, &format!("by {who}"), withdraw(&fil(1)));
    }
    for (amount, what) in [
        (fil(-1), "of a negative amount"),
        (-one.clone(), "of minus one attoFIL"),
        (TokenAmount::from_whole(i64::MAX) * 1_000_000_000_u64, "of a huge amount"),
        (one, "of one attoFIL"),
    ] {
        book.call("rewarded", "owner", m, what, withdraw(&amount));
    }
    book.call("terminating", "alice", m, "by somebody else while sectors are terminated", withdraw(&fil(1)));
    book.call("terminating", "owner", m, "of a negative amount while sectors are terminated", withdraw(&fil(-1)));
    book.call("in debt", "alice", m, "by somebody else while in debt", withdraw(&fil(1)));
    book.paid("rewarded", "owner", m, "with FIL", withdraw(&fil(2_000)), &atto(&fil(5)));
    book.call("owner proposed", "alice", m, "by a proposed owner", withdraw(&fil(1)));
    book.call("owner proposed", "owner", m, "by an owner about to leave", withdraw(&fil(1)));
    book.call("owner changed", "owner", m, "by the former owner", withdraw(&fil(1)));
    book.call("owner changed", "alice", m, "by the new owner", withdraw(&fil(1)));
    book.call("contract owns", "contract", m, "by a contract that owns the miner", withdraw(&fil(1)));
    book.internal(
        "contract owns",
        "contract",
        m,
        "by the owning contract, by the builtin actors' number",
        withdraw(&fil(1)),
    );
    book.exported("rewarded", "owner", m, "by an owner's account, by the number for everybody", withdraw(&fil(1)));
    book.call("controlled", "bob", m, "by a control address", withdraw(&fil(1)));
    book.call("pledge of nobody", "owner", m, "when the network's pledge would become negative", withdraw(&fil(1)));
    // A beneficiary.
    for (situation, what) in [
        ("beneficiary", "its whole quota free"),
        ("beneficiary used part", "a part of its quota free"),
        ("beneficiary used all", "its quota used up"),
        ("an epoch before the term ends", "an epoch before its term ends"),
        ("beneficiary's term ended", "its term over"),
        ("quota below what was used", "a quota below what it took"),
        ("beneficiary and debt", "the miner in debt"),
        ("beneficiary to be the owner again", "the owner to follow it"),
        ("next beneficiary approved by the present one", "a follower to confirm"),
    ] {
        book.call(situation, "alice", m, &format!("by the beneficiary, {what}"), withdraw(&fil(100)));
    }
    book.call("beneficiary used part", "alice", m, "of a part by the beneficiary", withdraw(&fil(2)));
    book.call("beneficiary used part", "alice", m, "of nothing by the beneficiary", withdraw(&fil(0)));
    book.call(
        "beneficiary used all",
        "alice",
        m,
        "of nothing by the beneficiary, its quota used up",
        withdraw(&fil(0)),
    );
    book.call("beneficiary used part", "owner", m, "by an owner who is not the beneficiary", withdraw(&fil(2)));
    book.call("beneficiary used all", "owner", m, "by the owner, the beneficiary's quota used up", withdraw(&fil(2)));
    book.call("beneficiary used part", "bob", m, "by somebody else beside a beneficiary", withdraw(&fil(2)));
    book.call("beneficiary proposed", "alice", m, "by a proposed beneficiary", withdraw(&fil(2)));
    book.call(
        "next beneficiary approved by itself",
        "bob",
        m,
        "by a follower the beneficiary did not confirm",
        withdraw(&fil(2)),
    );
    book.call("contract as beneficiary", "contract", m, "by a contract as beneficiary", withdraw(&fil(2)));
    book.call(
        "contract as beneficiary",
        "owner",
        m,
        "by the owner, a contract being the beneficiary",
        withdraw(&fil(200)),
    );
}

fn debts(book: &mut Book) {
    let m = "miner.RepayDebt";
    for situation in [
        START,
        "the epoch of a vesting step",
        "a step vested",
        "at water",
        "debt at the epoch of a vesting step",
        "in debt",
        "debt partly covered",
        "debt covered",
        "debt and vesting funds",
        "debt and vested funds",
        "debt above vesting funds",
        "debt and nothing free",
        "under water",
        "under water in debt",
        "terminating",
    ] {
        book.call(situation, "owner", m, "by the owner", NONE);
    }
    for (situation, from, who) in [
        ("debt covered", "worker", "the worker"),
        ("debt covered", "alice", "somebody else"),
        ("debt covered", "contract", "a contract that is not the owner"),
        ("controlled", "bob", "a control address"),
        ("controlled", "contract", "a contract as control address"),
        ("contract owns", "contract", "a contract that owns the miner"),
        ("beneficiary and debt", "alice", "the beneficiary"),
        ("worker proposed", "worker2", "a proposed worker"),
    ] {
        book.call(situation, from, m, &format!("by {who}"), NONE);
    }
    book.paid("in debt", "owner", m, "with FIL for a part of the debt", NONE, &atto(&fil(50)));
    book.paid("in debt", "owner", m, "with FIL for more than the debt", NONE, &atto(&fil(500)));
    book.paid("in debt", "alice", m, "with FIL by somebody else", NONE, &atto(&fil(50)));
}

fn rewards(book: &mut Book) {
    let m = "miner.ApplyRewards";
    let none = fil(0);
    for (from, who) in [
        ("owner", "the owner"),
        ("worker", "the worker"),
        ("system", "the system actor"),
        ("miner", "itself"),
        ("power", "the power actor"),
    ] {
        book.call(START, from, m, &format!("by {who}"), apply(&none, &none));
    }
    book.internal(START, "contract", m, "by a contract", apply(&none, &none));
    let pay = |book: &mut Book, situation: &str, what: &str, reward: &TokenAmount, penalty: &TokenAmount| {
        book.paid(situation, "reward", m, what, apply(reward, penalty), &atto(reward));
    };
    let odd = TokenAmount::from_atto(1_000_000_007_u64);
    for situation in [
        START,
        "rewarded",
        "the epoch of a vesting step",
        "a step vested",
        "three steps vested",
        "in debt",
        "debt and vesting funds",
        "debt and vested funds",
        "pledged",
        "at water",
        "terminating",
    ] {
        pay(book, situation, "of a reward", &fil(20), &none);
    }
    for atto in 1..=5_u64 {
        pay(book, "emptied", &format!("of {atto} attoFIL"), &TokenAmount::from_atto(atto), &none);
    }
    pay(book, START, "of an amount that doesn't divide", &odd, &none);
    pay(book, "emptied", "of an amount that doesn't divide, nothing being free", &odd, &none);
    pay(book, START, "of nothing", &none, &none);
    pay(book, START, "with a penalty below the reward", &fil(20), &fil(3));
    pay(book, START, "with a penalty above the reward", &fil(20), &fil(50));
    pay(book, START, "with a penalty above everything locked", &fil(20), &fil(500));
    pay(book, START, "with a penalty above all the miner has", &fil(20), &fil(5_000));
    for situation in ["the epoch of a vesting step", "a step vested", "three steps vested"] {
        pay(book, situation, "with a penalty while steps vest", &fil(20), &fil(3));
        pay(book, situation, "with a penalty above a step while steps vest", &none, &fil(40));
        // More than the first entry that is not vested, less than two.
        pay(
            book,
            situation,
            "with a penalty within two steps",
            &none,
            &TokenAmount::from_atto(900_000_000_000_000_000_u64),
        );
        pay(book, situation, "with a penalty within a step", &none, &TokenAmount::from_atto(7));
    }
    // The first entry, to the last attoFIL.
    let entry = TokenAmount::from_atto(816_948_298_634_945_325_u64);
    pay(book, "rewarded", "with a penalty of the whole first entry", &none, &entry);
    pay(
        book,
        "rewarded",
        "with a penalty of all but one attoFIL of the first entry",
        &none,
        &(&entry - &TokenAmount::from_atto(1)),
    );
    pay(
        book,
        "rewarded",
        "with a penalty of one attoFIL above the first entry",
        &none,
        &(&entry + &TokenAmount::from_atto(1)),
    );
    pay(
        book,
        "rewarded",
        "with a penalty of all that is locked",
        &none,
        &TokenAmount::from_atto(106_999_999_497_815_982_080_u128),
    );
    pay(book, "emptied", "with a penalty of one attoFIL", &odd, &TokenAmount::from_atto(1));
    pay(book, "in debt", "with a penalty while in debt", &fil(20), &fil(1));
    pay(book, "pledged", "with a penalty above what is free beside a pledge", &fil(20), &fil(5_000));
    pay(book, "under water", "of a reward while under water", &fil(20), &none);
    pay(book, "under water", "of a reward that lifts the miner above water", &fil(50_000), &none);
    book.paid(START, "reward", m, "of a negative reward", apply(&fil(-1), &none), "0");
    book.paid(START, "reward", m, "with a negative penalty", apply(&none, &fil(-1)), "0");
    book.paid("emptied", "reward", m, "of more than came along", apply(&fil(1_000), &none), &atto(&fil(10)));
    book.paid(START, "reward", m, "of less than came along", apply(&fil(10), &none), &atto(&fil(100)));
    cron(book);
}

fn cron(book: &mut Book) {
    let m = "miner.OnDeferredCronEvent";
    // [payload, reward estimate, power estimate]; the payload is [type of event].
    let event = |payload: &str| format!("83{payload}824040824040");
    for (from, who) in [
        ("owner", "the owner"),
        ("cron", "the cron actor"),
        ("system", "the system actor"),
        ("reward", "the reward actor"),
    ] {
        book.call(START, from, m, &format!("by {who}"), event("43811863"));
    }
    book.internal(START, "contract", m, "by a contract", event("43811863"));
    book.call(START, "power", m, "of an unknown kind", event("43811863"));
    book.call(START, "power", m, "with an empty payload", event("40"));
    book.call(START, "power", m, "with a payload that does not decode", event("41ff"));
    book.call(START, "power", m, "with estimates that do not decode", "8343811863820102824040");
    book.call("under water", "power", m, "of an unknown kind while under water", event("43811863"));
    for (situation, _) in CRON {
        book.call(situation, "power", m, "at the end of a deadline", event("428101"));
    }
}
