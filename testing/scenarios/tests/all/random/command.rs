//! What can happen, and how often. Numbers mean something only in the state they meet: a part of what is there, an index.

use proptest::prelude::*;

/// One step.
#[derive(Clone, Debug)]
pub enum Command {
    Deposit { who: u8, size: u8 },
    DepositFor { who: u8, to: u8, size: u8 },
    Claim { who: u8 },
    ClaimTo { who: u8, to: u8, part: u8 },
    Compound { who: u8 },
    ClaimFees { who: u8 },
    Redeem { who: u8, part: u8 },
    Transfer { who: u8, to: u8, part: u8 },
    Allow { who: u8, operator: u8, size: u8 },
    Disallow { who: u8, operator: u8, size: u8 },
    Revoke { who: u8, operator: u8 },
    TransferFrom { operator: u8, owner: u8, to: u8, part: u8 },
    Burn { who: u8, part: u8 },
    BurnFrom { operator: u8, owner: u8, part: u8 },
    Donate { who: u8, to: u8, size: u8 },
    Sweep { who: u8 },
    Pledge { miner: u8, part: u8 },
    Harvest { who: u8, miner: u8 },
    Sync { who: u8, max: u8 },
    RepayDebt { who: u8, miner: u8 },
    ChangeWorker { miner: u8, spare: bool },
    ConfirmWorker { miner: u8 },
    ChangePeer { miner: u8 },
    ChangeMultiaddrs { miner: u8 },
    CreateMiner,
    TakeMiner,
    RequestExit { who: u8, part: u8 },
    CancelExit { ticket: u8 },
    FinalizeExits { who: u8, max: u8 },
    ClaimExit { ticket: u8, to: u8 },
    StealExit { who: u8, ticket: u8 },
    ReturnPrincipal { miner: u8, part: u8 },
    TopUpBond { size: u8 },
    WithdrawBond { owner: u8, part: u8 },
    SlashBond { owner: u8, part: u8 },
    WriteOff { miner: u8 },
    MeasuredPrice { who: u8 },
    Reenter { who: u8, trick: u8, part: u8 },
    Lose { miner: u8, part: u8 },
    Precommit { miner: u8, part: u8 },
    Prove { miner: u8 },
    Terminate { miner: u8, part: u8 },
    Reward { miner: u8, size: u8 },
    Commit { miner: u8, part: u8 },
    Expire { miner: u8, part: u8 },
    Fine { miner: u8, size: u8 },
    Hold { miner: u8 },
    Release,
    Skip { epochs: u16 },
    SkipDays { days: u8 },
    SetTerms { fee: u16, period_days: u8, staleness_out: u8, cooldown: u8 },
    SetKeeperCut { bps: u16 },
    SetOperator { dave: bool },
    Pause { epochs: u8 },
    Unpause,
    AddLiquidity { who: u8, size: u8 },
    RemoveLiquidity { who: u8, part: u8 },
    Sell { who: u8, part: u8, to: u8 },
    BuyShares { who: u8, part: u8, to: u8 },
    Recycle { who: u8, part: u8 },
    Collect { who: u8 },
    MoveLp { who: u8, to: u8, part: u8 },
    DonateToLiquidity { who: u8, size: u8 },
    SetDiscount { base: u8, slope: u8, max: u8 },
    PauseLiquidity { epochs: u8 },
    ReenterLiquidity { who: u8, trick: u8, part: u8 },
}

/// Mostly what people do all day; what closes the doors comes seldom and passes.
pub fn command() -> impl Strategy<Value = Command> {
    prop_oneof![6 => entering_and_earning(), 2 => leaving_and_losing(), 1 => providing_and_trading()]
}

/// Early exits, and who pays for them.
fn providing_and_trading() -> impl Strategy<Value = Command> {
    use Command::*;
    let n = any::<u8>;
    prop_oneof![
        8 => (n(), n()).prop_map(|(who, size)| AddLiquidity { who, size }),
        6 => (n(), n()).prop_map(|(who, part)| RemoveLiquidity { who, part }),
        10 => (n(), n(), n()).prop_map(|(who, part, to)| Sell { who, part, to }),
        6 => (n(), n(), n()).prop_map(|(who, part, to)| BuyShares { who, part, to }),
        4 => (n(), n()).prop_map(|(who, part)| Recycle { who, part }),
        2 => n().prop_map(|who| Collect { who }),
        2 => (n(), n(), n()).prop_map(|(who, to, part)| MoveLp { who, to, part }),
        1 => (n(), n()).prop_map(|(who, size)| DonateToLiquidity { who, size }),
        2 => (n(), n(), n()).prop_map(|(base, slope, max)| SetDiscount { base, slope, max }),
        1 => n().prop_map(|epochs| PauseLiquidity { epochs }),
        4 => (n(), n(), n()).prop_map(|(who, trick, part)| ReenterLiquidity { who, trick, part }),
    ]
}

/// Exits, the bond, losses and what serves them.
fn leaving_and_losing() -> impl Strategy<Value = Command> {
    use Command::*;
    let n = any::<u8>;
    prop_oneof![
        12 => (n(), n()).prop_map(|(who, part)| RequestExit { who, part }),
        4 => n().prop_map(|ticket| CancelExit { ticket }),
        10 => (n(), n()).prop_map(|(who, max)| FinalizeExits { who, max }),
        10 => (n(), n()).prop_map(|(ticket, to)| ClaimExit { ticket, to }),
        1 => (n(), n()).prop_map(|(who, ticket)| StealExit { who, ticket }),
        4 => (n(), n()).prop_map(|(miner, part)| ReturnPrincipal { miner, part }),
        5 => n().prop_map(|size| TopUpBond { size }),
        8 => (n(), n()).prop_map(|(owner, part)| WithdrawBond { owner, part }),
        2 => (n(), n()).prop_map(|(owner, part)| SlashBond { owner, part }),
        2 => n().prop_map(|miner| WriteOff { miner }),
        2 => n().prop_map(|who| MeasuredPrice { who }),
        5 => (n(), n(), n()).prop_map(|(who, trick, part)| Reenter { who, trick, part }),
        4 => (n(), n()).prop_map(|(miner, part)| Lose { miner, part }),
        3 => Just(TakeMiner),
        2 => (n(), n()).prop_map(|(miner, part)| Precommit { miner, part }),
        2 => n().prop_map(|miner| Prove { miner }),
        1 => (n(), n()).prop_map(|(miner, part)| Terminate { miner, part }),
    ]
}

fn entering_and_earning() -> impl Strategy<Value = Command> {
    use Command::*;
    let n = any::<u8>;
    prop_oneof![
        12 => (n(), n()).prop_map(|(who, size)| Deposit { who, size }),
        4 => (n(), n(), n()).prop_map(|(who, to, size)| DepositFor { who, to, size }),
        6 => n().prop_map(|who| Claim { who }),
        4 => (n(), n(), n()).prop_map(|(who, to, part)| ClaimTo { who, to, part }),
        4 => n().prop_map(|who| Compound { who }),
        4 => n().prop_map(|who| ClaimFees { who }),
        8 => (n(), n()).prop_map(|(who, part)| Redeem { who, part }),
        8 => (n(), n(), n()).prop_map(|(who, to, part)| Transfer { who, to, part }),
        4 => (n(), n(), n()).prop_map(|(who, operator, size)| Allow { who, operator, size }),
        2 => (n(), n(), n()).prop_map(|(who, operator, size)| Disallow { who, operator, size }),
        2 => (n(), n()).prop_map(|(who, operator)| Revoke { who, operator }),
        5 => (n(), n(), n(), n()).prop_map(|(operator, owner, to, part)| TransferFrom { operator, owner, to, part }),
        3 => (n(), n()).prop_map(|(who, part)| Burn { who, part }),
        3 => (n(), n(), n()).prop_map(|(operator, owner, part)| BurnFrom { operator, owner, part }),
        5 => (n(), n(), n()).prop_map(|(who, to, size)| Donate { who, to, size }),
        3 => n().prop_map(|who| Sweep { who }),
        8 => (n(), n()).prop_map(|(miner, part)| Pledge { miner, part }),
        10 => (n(), n()).prop_map(|(who, miner)| Harvest { who, miner }),
        4 => (n(), n()).prop_map(|(who, max)| Sync { who, max }),
        2 => (n(), n()).prop_map(|(who, miner)| RepayDebt { who, miner }),
        2 => (n(), any::<bool>()).prop_map(|(miner, spare)| ChangeWorker { miner, spare }),
        2 => n().prop_map(|miner| ConfirmWorker { miner }),
        2 => n().prop_map(|miner| ChangePeer { miner }),
        2 => n().prop_map(|miner| ChangeMultiaddrs { miner }),
        1 => Just(CreateMiner),
        12 => (n(), n()).prop_map(|(miner, size)| Reward { miner, size }),
        5 => (n(), n()).prop_map(|(miner, part)| Commit { miner, part }),
        2 => (n(), n()).prop_map(|(miner, part)| Expire { miner, part }),
        3 => (n(), n()).prop_map(|(miner, size)| Fine { miner, size }),
        1 => n().prop_map(|miner| Hold { miner }),
        3 => Just(Release),
        10 => any::<u16>().prop_map(|epochs| Skip { epochs }),
        3 => n().prop_map(|days| SkipDays { days }),
        2 => (any::<u16>(), n(), n(), n()).prop_map(|(fee, period_days, staleness_out, cooldown)| SetTerms {
            fee, period_days, staleness_out, cooldown
        }),
        2 => any::<u16>().prop_map(|bps| SetKeeperCut { bps }),
        2 => any::<bool>().prop_map(|dave| SetOperator { dave }),
        1 => n().prop_map(|epochs| Pause { epochs }),
        2 => Just(Unpause),
    ]
}
