//! The power actor: birth of miners, views, what only miners and cron may call.

use fvm_ipld_encoding::{BytesDe, RawBytes};
use fvm_shared::address::Address;
use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::RegisteredPoStProof;
use localnet_builtin::power::{CreateMinerParams, EnrollCronEventParams, UpdateClaimedPowerParams};
use peggy_localnet::KeyKind;

use crate::methods::{number, Number};

use super::{atto, fil, id, key, p, Book, FIRST, NONE, START};

/// What the network asks for a new miner at most: 1 FIL for each 32 GiB of 1 TiB, rounded down per byte.
const DEPOSIT_CAP: u64 = 29_103_830;

fn request() -> CreateMinerParams {
    CreateMinerParams {
        owner: id("alice"),
        worker: id("worker2"),
        window_post_proof_type: RegisteredPoStProof::StackedDRGWindow32GiBV1P1,
        peer: vec![1, 2, 3],
        multiaddrs: vec![BytesDe(vec![4, 5])],
    }
}

pub fn add(book: &mut Book) -> anyhow::Result<()> {
    amounts(book);
    requests(book)?;
    views(book);
    reports(book);
    Ok(())
}

fn amounts(book: &mut Book) {
    let m = "power.CreateMiner";
    let cap = TokenAmount::from_atto(DEPOSIT_CAP) * (1_u64 << 40);
    let least = TokenAmount::from_atto(1);
    for (value, what) in [
        (fil(0), "without FIL"),
        (fil(1), "with one FIL"),
        (&cap - &least, "with one attoFIL too little"),
        (cap.clone(), "with exactly the deposit"),
        (&cap + &least, "with one attoFIL more than the deposit"),
        (fil(100), "with 100 FIL"),
    ] {
        book.paid(START, "alice", m, what, p(&request()), &atto(&value));
    }
    for situation in ["large network", "odd network"] {
        book.paid(
            situation,
            "alice",
            m,
            "on a network whose deposit is below the cap",
            p(&request()),
            &atto(&fil(100)),
        );
        book.paid(situation, "alice", m, "without FIL on such a network", p(&request()), "0");
    }
    book.paid("network without power", "alice", m, "on a network without power", p(&request()), &atto(&fil(100)));
    book.paid("a step vested", "alice", m, "a day later", p(&request()), &atto(&fil(100)));
    book.paid(START, "eve", m, "for somebody else", p(&request()), &atto(&fil(100)));
    book.paid(START, "contract", m, "by a contract", p(&request()), &atto(&fil(100)));
    book.paid(START, "evm", m, "by an Ethereum contract", p(&request()), &atto(&fil(100)));
    let own = CreateMinerParams { owner: id("contract"), ..request() };
    book.paid(START, "contract", m, "by a contract for itself", p(&own), &atto(&fil(100)));
    book.internal(START, "contract", m, "by a contract, by the builtin actors' number", p(&own));
    book.internal(START, "evm", m, "by an Ethereum contract, by the builtin actors' number", p(&own));
    book.paid(START, "miner", m, "by a miner", p(&request()), &atto(&fil(100)));
    book.paid(START, "alice", m, "with more than the sender has", p(&request()), &atto(&fil(1_000_000)));
}

fn requests(book: &mut Book) -> anyhow::Result<()> {
    let m = "power.CreateMiner";
    let paid = atto(&fil(100));
    let mut create = |what: &str, request: &CreateMinerParams| book.paid(START, "alice", m, what, p(request), &paid);
    for (proof, what) in [
        (RegisteredPoStProof::StackedDRGWindow64GiBV1P1, "64 GiB sectors"),
        (RegisteredPoStProof::StackedDRGWindow2KiBV1P1, "2 KiB sectors"),
        (RegisteredPoStProof::StackedDRGWindow8MiBV1P1, "8 MiB sectors"),
        (RegisteredPoStProof::StackedDRGWindow512MiBV1P1, "512 MiB sectors"),
        (RegisteredPoStProof::Invalid(3), "proofs of the first kind"),
        (RegisteredPoStProof::StackedDRGWinning32GiBV1, "winning proofs"),
        (RegisteredPoStProof::Invalid(99), "an unknown proof type"),
        (RegisteredPoStProof::Invalid(-1), "a negative proof type"),
    ] {
        create(&format!("for {what}"), &CreateMinerParams { window_post_proof_type: proof, ..request() });
    }
    for (worker, what) in [
        (id("alice"), "an account that is not BLS"),
        (key(KeyKind::Secp256k1, "alice")?.address(), "an account that is not BLS, by its key"),
        (key(KeyKind::Bls, "worker2")?.address(), "a BLS account by its key"),
        (key(KeyKind::Bls, "nobody")?.address(), "a BLS key nobody has"),
        (id("contract"), "a contract"),
        (id("ethaccount"), "an Ethereum account"),
        (Address::new_id(99_999), "an ID nobody has"),
    ] {
        create(&format!("with {what} as worker"), &CreateMinerParams { worker, ..request() });
    }
    for (owner, what) in [
        (key(KeyKind::Secp256k1, "bob")?.address(), "an account by its key"),
        (key(KeyKind::Secp256k1, "nobody")?.address(), "a key nobody has"),
        (Address::new_id(99_999), "an ID nobody has"),
        (id("contract"), "a contract"),
        (id("burnt"), "burnt funds"),
    ] {
        create(&format!("with {what} as owner"), &CreateMinerParams { owner, ..request() });
    }
    create("with the longest peer ID", &CreateMinerParams { peer: vec![1; 128], ..request() });
    create("with too long a peer ID", &CreateMinerParams { peer: vec![1; 129], ..request() });
    create("without a peer ID", &CreateMinerParams { peer: vec![], ..request() });
    create("with an empty multiaddress", &CreateMinerParams { multiaddrs: vec![BytesDe(vec![])], ..request() });
    create(
        "with too long a multiaddress",
        &CreateMinerParams { multiaddrs: vec![BytesDe(vec![1; 1025])], ..request() },
    );
    let poor = CreateMinerParams { window_post_proof_type: RegisteredPoStProof::Invalid(99), ..request() };
    book.paid(START, "alice", m, "for an unknown proof type without FIL", p(&poor), "0");
    let poor = CreateMinerParams { worker: id("alice"), ..request() };
    book.paid(START, "alice", m, "with an account that is not BLS as worker, without FIL", p(&poor), "0");
    Ok(())
}

fn views(book: &mut Book) {
    for view in ["CurrentTotalPower", "NetworkRawPower", "MinerCount", "MinerConsensusCount"] {
        let method = format!("power.{view}");
        for (from, who) in [("alice", "an account"), ("contract", "a contract"), ("evm", "an Ethereum contract")] {
            book.call(START, from, &method, &format!("asked by {who}"), NONE);
        }
    }
    for situation in ["large network", "odd network", "network without power"] {
        book.call(situation, "alice", "power.CurrentTotalPower", "asked on a given network", NONE);
    }
    book.call(FIRST, "alice", "power.CurrentTotalPower", "on a network whose estimates move", NONE);
    for situation in
        ["little power", "power at the minimum", "three miners with much power", "four miners with much power"]
    {
        for view in ["CurrentTotalPower", "NetworkRawPower", "MinerCount", "MinerConsensusCount"] {
            // The official estimates moved meanwhile; the other methods don't tell them.
            if view != "CurrentTotalPower" {
                book.call(situation, "alice", &format!("power.{view}"), "asked later", NONE);
            }
        }
        for view in ["MinerRawPower", "MinerPower"] {
            book.call(situation, "alice", &format!("power.{view}"), "of a miner with power", p(&1003_u64));
        }
    }
    for situation in ["three miners with much power", "four miners with much power"] {
        book.call(situation, "alice", "power.MinerRawPower", "of a miner with much power", p(&1009_u64));
        book.call(
            situation,
            "miner",
            "power.UpdateClaimedPower",
            "beyond the minimum, by a miner",
            claim(9 << 40, 9 << 40),
        );
        book.call(
            situation,
            "miner",
            "power.UpdateClaimedPower",
            "below nothing, by a miner with power",
            claim(-(1 << 40) - 1, 0),
        );
        book.call(
            situation,
            "miner",
            "power.UpdateClaimedPower",
            "to nothing, by a miner with power",
            claim(-(1 << 40), -10 * (1 << 40)),
        );
    }
    for view in ["MinerRawPower", "MinerPower"] {
        let method = format!("power.{view}");
        for (miner, what) in [
            (1003_u64, "of a miner"),
            (1004, "of an account"),
            (4, "of itself"),
            (99_999, "of an ID nobody has"),
            (u64::MAX, "of the highest ID"),
        ] {
            book.call(START, "alice", &method, what, p(&miner));
            book.call(START, "contract", &method, &format!("{what}, asked by a contract"), p(&miner));
        }
        book.call(START, "alice", &method, "of a negative ID", "20");
        book.call(START, "alice", &method, "of an ID in a list", "811903eb");
    }
}

fn claim(raw: i64, adjusted: i64) -> String {
    p(&UpdateClaimedPowerParams { raw_byte_delta: BigInt::from(raw), quality_adjusted_delta: BigInt::from(adjusted) })
}

fn reports(book: &mut Book) {
    let pledge = "power.UpdatePledgeTotal";
    let amount = |whole: i64| p(&fil(whole));
    book.call(START, "miner", pledge, "up, by a miner", amount(5));
    book.call(START, "miner", pledge, "down, by a miner", amount(-5));
    book.call(START, "miner", pledge, "to nothing, by a miner", amount(-100_000_000));
    book.call(START, "miner", pledge, "below nothing, by a miner", amount(-100_000_001));
    let power = "power.UpdateClaimedPower";
    book.call(START, "miner", power, "up, by a miner", claim(1 << 35, 10 << 35));
    book.call(START, "miner", power, "by nothing, by a miner", claim(0, 0));
    book.call(START, "miner", power, "below nothing, by a miner", claim(-1, 0));
    book.call(START, "miner", power, "below nothing in quality, by a miner", claim(0, -1));
    let enroll = "power.EnrollCronEvent";
    let event = |epoch: i64| p(&EnrollCronEventParams { event_epoch: epoch, payload: RawBytes::new(vec![0x81, 1]) });
    book.call(START, "miner", enroll, "by a miner", event(10));
    book.call(START, "miner", enroll, "for the present epoch, by a miner", event(0));
    book.call(START, "miner", enroll, "before the first epoch, by a miner", event(-1));
    book.call("a step vested", "miner", enroll, "for an epoch that is over, by a miner", event(10));
    for (from, who) in [
        ("alice", "an account"),
        ("contract", "a contract"),
        ("evm", "an Ethereum contract"),
        ("system", "the system actor"),
        ("power", "itself"),
        ("cron", "the cron actor"),
    ] {
        book.call(START, from, pledge, &format!("by {who}"), amount(5));
        book.call(START, from, power, &format!("by {who}"), claim(1, 1));
        book.call(START, from, enroll, &format!("by {who}"), event(10));
        book.call(START, from, "power.Constructor", &format!("by {who}"), NONE);
    }
    for (from, who) in
        [("alice", "an account"), ("contract", "a contract"), ("system", "the system actor"), ("miner", "a miner")]
    {
        book.call(START, from, "power.OnEpochTickEnd", &format!("by {who}"), NONE);
    }
    book.call(START, "cron", "power.OnEpochTickEnd", "by the cron actor", NONE);
    let number = number("power.Constructor", Number::Internal);
    for (from, who) in [("system", "the system actor"), ("init", "the init actor")] {
        book.called(
            START,
            from,
            "unborn power",
            "power.Constructor",
            &format!("of a new power actor by {who}"),
            number,
            String::new(),
            "0",
        );
    }
}
