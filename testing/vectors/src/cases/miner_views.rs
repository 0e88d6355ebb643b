//! What everybody may ask a miner.

use fvm_shared::address::Address;
use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use localnet_builtin::miner::MaxTerminationFeeParams;
use peggy_localnet::KeyKind;

use super::{fil, id, key, p, Book, FIRST, NONE, START};

pub fn add(book: &mut Book) -> anyhow::Result<()> {
    for view in [
        "ControlAddresses",
        "GetOwner",
        "GetBeneficiary",
        "GetSectorSize",
        "GetAvailableBalance",
        "GetVestingFunds",
        "GetPeerID",
        "GetMultiaddrs",
        "InitialPledge",
    ] {
        let method = format!("miner.{view}");
        book.call(START, "owner", &method, "asked by the owner", NONE);
        book.call(START, "alice", &method, "asked by somebody else", NONE);
        book.call(START, "contract", &method, "asked by a contract", NONE);
        book.call(START, "evm", &method, "asked by an Ethereum contract", NONE);
    }
    let ask = |book: &mut Book, view: &str, situations: &[&str]| {
        for situation in situations {
            book.call(situation, "alice", &format!("miner.{view}"), "asked later", NONE);
        }
    };
    ask(
        book,
        "ControlAddresses",
        &["controlled", "worker proposed", "the worker's epoch", "worker changed", "owner changed"],
    );
    ask(book, "GetOwner", &["owner proposed", "owner changed", "contract proposed as owner", "contract owns"]);
    ask(
        book,
        "GetBeneficiary",
        &[
            "owner proposed",
            "owner changed",
            "beneficiary proposed",
            "beneficiary",
            "beneficiary used part",
            "next beneficiary approved by itself",
            "next beneficiary approved by the present one",
            "contract as beneficiary",
        ],
    );
    book.exported("beneficiary", "alice", "miner.GetBeneficiary", "asked by the number for everybody", NONE);
    let money = [
        "rewarded",
        "rewarded twice",
        "the epoch of a vesting step",
        "a step vested",
        "three steps vested",
        "at water",
        "an attoFIL under water",
        "vested and unlocked",
        "penalised",
        "in debt",
        "debt partly covered",
        "debt and vesting funds",
        "pledged",
        "under water",
    ];
    ask(book, "GetAvailableBalance", &money);
    ask(
        book,
        "GetVestingFunds",
        &["rewarded", "rewarded twice", "a step vested", "vested and unlocked", "penalised", "in debt"],
    );
    ask(book, "InitialPledge", &["pledged", "under water"]);
    controlling(book)?;
    fees(book);
    Ok(())
}

fn controlling(book: &mut Book) -> anyhow::Result<()> {
    let m = "miner.IsControllingAddress";
    for (situation, who, what) in [
        (START, "owner", "of the owner"),
        (START, "worker", "of the worker"),
        (START, "alice", "of somebody else"),
        (START, "miner", "of the miner itself"),
        ("controlled", "bob", "of a control address"),
        ("controlled", "contract", "of a contract as control address"),
        ("worker proposed", "worker2", "of a proposed worker"),
        ("owner proposed", "alice", "of a proposed owner"),
        ("owner changed", "owner", "of a former owner"),
        ("beneficiary", "alice", "of the beneficiary"),
        ("contract owns", "contract", "of a contract that owns the miner"),
    ] {
        book.call(situation, "alice", m, what, p(&id(who)));
    }
    book.call(START, "contract", m, "asked by a contract", p(&id("owner")));
    book.call(START, "alice", m, "of an ID nobody has", p(&Address::new_id(99_999)));
    book.call(START, "alice", m, "of a key nobody has", p(&key(KeyKind::Secp256k1, "nobody")?.address()));
    book.call(
        "controlled",
        "alice",
        m,
        "of a control address by its key",
        p(&key(KeyKind::Secp256k1, "bob")?.address()),
    );
    Ok(())
}

fn fees(book: &mut Book) {
    let m = "miner.MaxTerminationFee";
    let fee = |power: i128, pledge: TokenAmount| {
        p(&MaxTerminationFeeParams { power: BigInt::from(power), initial_pledge: pledge })
    };
    let sector = 32_i128 << 30;
    for (power, pledge, what) in [
        (0, fil(0), "of nothing"),
        (sector, fil(0), "of a sector without pledge"),
        (sector, fil(1), "of a sector"),
        (sector, TokenAmount::from_atto(999_999_999_999_999_999_u64), "of a sector with an odd pledge"),
        (10 * sector, fil(2), "of a verified sector"),
        (1_000 * sector, fil(1), "of much power with little pledge"),
        (1, fil(1), "of a byte"),
        (0, fil(1), "of pledge without power"),
        (-1, fil(1), "of negative power"),
        (sector, fil(-1), "with a negative pledge"),
        (i128::from(i64::MAX) << 20, fil(i64::MAX), "of huge power and pledge"),
    ] {
        for situation in ["large network", "odd network"] {
            book.call(situation, "alice", m, what, fee(power, pledge.clone()));
        }
    }
    book.call(FIRST, "alice", m, "on a network whose estimates move", fee(sector, fil(1)));
    book.call(START, "alice", m, "on a new network", fee(sector, fil(1)));
    book.call("large network", "contract", m, "asked by a contract", fee(sector, fil(1)));
    book.call("network without power", "alice", m, "on a network without power", fee(sector, fil(1)));
}
