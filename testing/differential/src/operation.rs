//! What can happen to a miner, in concrete numbers: a list of these can be repeated anywhere.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;

/// Somebody who calls a miner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// Owns the miner.
    Owner,
    /// Its first worker.
    Worker,
    /// A worker to change to.
    Spare,
    /// A beneficiary to change to.
    Beneficiary,
    /// Has no part in it.
    Stranger,
}

/// The IDs behind [`Who`].
#[derive(Clone, Copy, Debug)]
pub struct People {
    /// f1 account.
    pub owner: ActorID,
    /// f3 account.
    pub worker: ActorID,
    /// f3 account.
    pub spare: ActorID,
    /// f1 account.
    pub beneficiary: ActorID,
    /// f1 account.
    pub stranger: ActorID,
}

impl People {
    /// The ID of one of them.
    pub fn id(&self, who: Who) -> ActorID {
        match who {
            Who::Owner => self.owner,
            Who::Worker => self.worker,
            Who::Spare => self.spare,
            Who::Beneficiary => self.beneficiary,
            Who::Stranger => self.stranger,
        }
    }

    /// Who an ID is.
    pub fn who(&self, id: ActorID) -> Option<Who> {
        [Who::Owner, Who::Worker, Who::Spare, Who::Beneficiary, Who::Stranger]
            .into_iter()
            .find(|who| self.id(*who) == id)
    }
}

/// One operation. Those without a caller are the network's: rewards, or levers that stand for sectors.
#[derive(Clone, Debug)]
pub enum Op {
    /// `reward.AwardBlockReward`, after setting the epoch's reward if there is one given.
    Award { epoch_reward: Option<TokenAmount>, wins: i64, tips: TokenAmount, penalty: TokenAmount },
    /// `ApplyRewards` by the reward actor, with any value sent along.
    ApplyRewards { value: TokenAmount, reward: TokenAmount, penalty: TokenAmount },
    /// Sectors are committed without a precommitment.
    AddPledge(TokenAmount),
    /// Sectors are precommitted.
    PreCommit(TokenAmount),
    /// Precommitted sectors are proven.
    Prove { deposit: TokenAmount, pledge: TokenAmount },
    /// Precommitments run out.
    ExpirePreCommit(TokenAmount),
    /// Sectors expire on time.
    ExpireSector(TokenAmount),
    /// Sectors are terminated early.
    Terminate { pledge: TokenAmount, fee: TokenAmount },
    /// A fault, fined and collected.
    Fine(TokenAmount),
    /// A fee that nobody collects yet.
    AddDebt(TokenAmount),
    /// Early terminations wait for their fee, or no more.
    HoldTerminations(bool),
    /// `RepayDebt`; `signed` as a message in a block, else as an implicit one at the head.
    Repay { by: Who, signed: bool },
    /// `WithdrawBalance`.
    Withdraw { by: Who, amount: TokenAmount, signed: bool },
    /// `ChangeBeneficiary`.
    ChangeBeneficiary { by: Who, to: Who, quota: TokenAmount, expiration: ChainEpoch },
    /// `ChangeWorkerAddress`, without control addresses.
    ChangeWorker { by: Who, to: Who },
    /// `ConfirmChangeWorkerAddress`.
    ConfirmWorker { by: Who },
    /// Somebody sends the miner FIL.
    Receive(TokenAmount),
    /// Epochs pass.
    Advance(ChainEpoch),
}

impl Op {
    /// Its name, for counting.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Award { .. } => "Award",
            Self::ApplyRewards { .. } => "ApplyRewards",
            Self::AddPledge(_) => "AddPledge",
            Self::PreCommit(_) => "PreCommit",
            Self::Prove { .. } => "Prove",
            Self::ExpirePreCommit(_) => "ExpirePreCommit",
            Self::ExpireSector(_) => "ExpireSector",
            Self::Terminate { .. } => "Terminate",
            Self::Fine(_) => "Fine",
            Self::AddDebt(_) => "AddDebt",
            Self::HoldTerminations(_) => "HoldTerminations",
            Self::Repay { .. } => "Repay",
            Self::Withdraw { .. } => "Withdraw",
            Self::ChangeBeneficiary { .. } => "ChangeBeneficiary",
            Self::ChangeWorker { .. } => "ChangeWorker",
            Self::ConfirmWorker { .. } => "ConfirmWorker",
            Self::Receive(_) => "Receive",
            Self::Advance(_) => "Advance",
        }
    }
}

/// What an operation answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Exit code.
    pub code: u32,
    /// What `WithdrawBalance` returns.
    pub returned: Option<TokenAmount>,
}

impl Answer {
    /// Success without an answer.
    pub fn ok() -> Self {
        Self { code: 0, returned: None }
    }

    /// A refusal.
    pub fn refused(code: u32) -> Self {
        Self { code, returned: None }
    }
}
