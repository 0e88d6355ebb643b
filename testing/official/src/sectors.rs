//! The life of sectors, by the worker's messages. Proofs of replication are not looked at by the testing-fake-proofs bundle;
//! everything else (money, power, randomness, deadlines, expirations) is what mainnet does.

use std::ops::Range;

use anyhow::Context;
use cid::Cid;
use fil_actor_miner_state::v18::{
    CompactCommD, DeclareFaultsParams, DeclareFaultsRecoveredParams, FaultDeclaration, PreCommitSectorBatchParams2,
    ProveCommitSectors3Params, ProveCommitSectorsNIParams, RecoveryDeclaration, SectorActivationManifest,
    SectorNIActivationInfo, SectorPreCommitInfo, TerminateSectorsParams, TerminationDeclaration,
};
use fvm_ipld_bitfield::BitField;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::commcid::{FIL_COMMITMENT_SEALED, POSEIDON_BLS12_381_A1_FC1};
use fvm_shared::sector::{RegisteredAggregateProof, RegisteredSealProof, SectorNumber};
use fvm_shared::MethodNum;
use multihash_codetable::Multihash;
use peggy_localnet::{Network, Outcome};

use crate::provider::{Place, Provider};

/// Epochs of a day.
pub const DAY: ChainEpoch = 2_880;
/// How long sectors live here if nobody says otherwise: more than the 180 days and the month for proving that are demanded.
pub const LIFE: ChainEpoch = 300 * DAY;
/// Epochs between precommit and proof in testing builds; 150 on mainnet.
pub const CHALLENGE_DELAY: ChainEpoch = 10;
/// Largest batch of [`Provider::commit_at_once`].
pub const MAX_AT_ONCE: u64 = 65;

/// `PreCommitSectorBatch2`.
const PRECOMMIT: MethodNum = 28;
/// `ProveCommitSectors3`.
const PROVE_COMMIT: MethodNum = 34;
/// `ProveCommitSectorsNI`.
const PROVE_COMMIT_NI: MethodNum = 36;
/// `TerminateSectors`.
const TERMINATE: MethodNum = 9;
/// `DeclareFaults`.
const DECLARE_FAULTS: MethodNum = 10;
/// `DeclareFaultsRecovered`.
const DECLARE_RECOVERED: MethodNum = 11;

/// A sealed sector's commitment: any 32 bytes in the right kind of CID.
pub fn sealed_cid(number: SectorNumber) -> anyhow::Result<Cid> {
    let mut bytes = [0u8; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    let hash = Multihash::wrap(POSEIDON_BLS12_381_A1_FC1, &bytes)?;
    Ok(Cid::new_v1(FIL_COMMITMENT_SEALED, hash))
}

impl Provider {
    /// Precommits sectors without deals; their deposits are locked. They live [`LIFE`] from now.
    pub fn precommit(&self, net: &mut Network, sectors: Range<SectorNumber>) -> anyhow::Result<Outcome> {
        let epoch = net.epoch();
        let sectors = sectors
            .map(|sector_number| {
                Ok(SectorPreCommitInfo {
                    seal_proof: RegisteredSealProof::StackedDRG32GiBV1P1,
                    sector_number,
                    sealed_cid: sealed_cid(sector_number)?,
                    seal_rand_epoch: epoch,
                    deal_ids: Vec::new(),
                    expiration: epoch + LIFE,
                    unsealed_cid: CompactCommD::empty(),
                })
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        self.send(net, PRECOMMIT, &PreCommitSectorBatchParams2 { sectors })
    }

    /// Proves precommitted sectors: the deposits are released, the pledges locked. The challenge delay must be over.
    pub fn prove_commit(&self, net: &mut Network, sectors: Range<SectorNumber>) -> anyhow::Result<Outcome> {
        let proofs = sectors.clone().map(|_| RawBytes::new(vec![1; 192])).collect();
        let activations =
            sectors.map(|sector_number| SectorActivationManifest { sector_number, pieces: Vec::new() }).collect();
        let params = ProveCommitSectors3Params {
            sector_activations: activations,
            sector_proofs: proofs,
            aggregate_proof: RawBytes::default(),
            aggregate_proof_type: None,
            require_activation_success: true,
            require_notification_success: true,
        };
        self.send(net, PROVE_COMMIT, &params)
    }

    /// Precommits sectors, waits for the challenge and proves them.
    pub fn commit(&self, net: &mut Network, sectors: Range<SectorNumber>) -> anyhow::Result<()> {
        self.precommit(net, sectors.clone())?.ok().context("precommit")?;
        net.advance(CHALLENGE_DELAY)?;
        self.prove_commit(net, sectors)?.ok().context("prove commit")?;
        Ok(())
    }

    /// Commits up to [`MAX_AT_ONCE`] sectors by non-interactive proofs: no precommit, no deposit. They go into a deadline half a
    /// proving period away.
    pub fn commit_at_once(&self, net: &mut Network, sectors: Range<SectorNumber>) -> anyhow::Result<Outcome> {
        self.commit_at_once_for(net, sectors, LIFE)
    }

    /// [`Self::commit_at_once`] for another life, of at least 180 days.
    pub fn commit_at_once_for(
        &self,
        net: &mut Network,
        sectors: Range<SectorNumber>,
        life: ChainEpoch,
    ) -> anyhow::Result<Outcome> {
        let epoch = net.epoch();
        let deadlines = crate::provider::policy().wpost_period_deadlines;
        let proving_deadline = (self.deadline_info(net)?.index + deadlines / 2) % deadlines;
        let sectors = sectors
            .map(|number| {
                Ok(SectorNIActivationInfo {
                    sealing_number: number,
                    sealer_id: self.miner,
                    sealed_cid: sealed_cid(number)?,
                    sector_number: number,
                    seal_rand_epoch: epoch,
                    expiration: epoch + life,
                })
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        let params = ProveCommitSectorsNIParams {
            sectors,
            aggregate_proof: RawBytes::new(vec![1; 1_024]),
            seal_proof_type: RegisteredSealProof::StackedDRG32GiBV1P2_Feat_NiPoRep,
            aggregate_proof_type: RegisteredAggregateProof::SnarkPackV2,
            proving_deadline,
            require_activation_success: true,
        };
        self.send(net, PROVE_COMMIT_NI, &params)
    }

    /// Ends sectors of one partition before their time; the pledge is released and the fee taken at once.
    pub fn terminate(&self, net: &mut Network, sectors: &[SectorNumber]) -> anyhow::Result<Outcome> {
        let (Place { deadline, partition }, sectors) = self.in_one_place(net, sectors)?;
        let terminations = vec![TerminationDeclaration { deadline, partition, sectors }];
        self.send(net, TERMINATE, &TerminateSectorsParams { terminations })
    }

    /// Declares sectors of one partition faulty. Their deadline must not be open, nor open soon.
    pub fn declare_faults(&self, net: &mut Network, sectors: &[SectorNumber]) -> anyhow::Result<Outcome> {
        let (Place { deadline, partition }, sectors) = self.in_one_place(net, sectors)?;
        let faults = vec![FaultDeclaration { deadline, partition, sectors }];
        self.send(net, DECLARE_FAULTS, &DeclareFaultsParams { faults })
    }

    /// Declares faulty sectors of one partition recovered; the next proof of the deadline has to show it. A miner with debt must
    /// be able to pay it.
    pub fn declare_recovered(&self, net: &mut Network, sectors: &[SectorNumber]) -> anyhow::Result<Outcome> {
        let (Place { deadline, partition }, sectors) = self.in_one_place(net, sectors)?;
        let recoveries = vec![RecoveryDeclaration { deadline, partition, sectors }];
        self.send(net, DECLARE_RECOVERED, &DeclareFaultsRecoveredParams { recoveries })
    }

    fn in_one_place(&self, net: &Network, sectors: &[SectorNumber]) -> anyhow::Result<(Place, BitField)> {
        let first = sectors.first().context("no sectors named")?;
        Ok((self.place(net, *first)?, BitField::try_from_bits(sectors.iter().copied())?))
    }
}
