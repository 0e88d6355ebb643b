//! Window proofs of spacetime: every sector is proved once in a proving period of a day, in the half-hour of its deadline.
//!
//! The official miner takes a proof on trust unless it recovers faulty sectors. Then the testing-fake-proofs bundle wants the hash of
//! what a real proof would be about: the challenge's randomness and the sectors.

use anyhow::Context;
use fil_actor_miner_state::v18::{DeadlineInfo, PoStPartition, SectorOnChainInfo, Sectors, SubmitWindowedPoStParams};
use fvm_ipld_bitfield::BitField;
use fvm_ipld_encoding::to_vec;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::randomness::Randomness;
use fvm_shared::sector::{PoStProof, RegisteredPoStProof, SectorInfo};
use fvm_shared::MethodNum;
use multihash_codetable::{Code, MultihashDigest};
use peggy_localnet::{Network, Outcome};

use crate::provider::{policy, Provider};

/// `SubmitWindowedPoSt`.
const SUBMIT_POST: MethodNum = 5;
/// What randomness is drawn for: the commitment of a proof to a chain.
const POST_CHAIN_COMMIT: i64 = 9;
/// What randomness is drawn for: the challenge of a window's proof.
const WINDOW_POST_CHALLENGE: i64 = 4;

impl Provider {
    /// Proves what is to be proved in the deadline that is open now. Answers `None` if there is nothing (no sectors, all of them
    /// faulty, or proved already).
    pub fn prove_window(&self, net: &mut Network) -> anyhow::Result<Option<Outcome>> {
        let now = self.deadline_info(net)?;
        let open = self.unproven(net, now.index)?;
        if !now.is_open() || open.is_empty() {
            return Ok(None);
        }
        let proof = self.proof(net, &now, &open)?;
        let committed = net.epoch();
        let params = SubmitWindowedPoStParams {
            deadline: now.index,
            partitions: open.into_iter().map(|index| PoStPartition { index, skipped: BitField::new() }).collect(),
            proofs: vec![PoStProof { post_proof: RegisteredPoStProof::StackedDRGWindow32GiBV1P1, proof_bytes: proof }],
            chain_commit_epoch: committed,
            chain_commit_rand: Randomness(
                draw(POST_CHAIN_COMMIT, net.chain_randomness(committed)?, committed, &[]).to_vec(),
            ),
        };
        self.send(net, SUBMIT_POST, &params).map(Some)
    }

    /// Lets time pass until the head is at `until` or just above, proving every sector when it is due. A proof takes a block, so
    /// the head may end up one epoch higher.
    pub fn prove_until(&self, net: &mut Network, until: ChainEpoch) -> anyhow::Result<()> {
        loop {
            if let Some(outcome) = self.prove_window(net)? {
                outcome.ok().with_context(|| format!("proof at epoch {}", net.epoch()))?;
            }
            let next = self.next_window(net)?.unwrap_or(until).min(until);
            if next <= net.epoch() {
                return Ok(());
            }
            self.idle_until(net, next)?;
        }
    }

    /// The first epoch after the head at which a deadline with live sectors opens.
    fn next_window(&self, net: &Network) -> anyhow::Result<Option<ChainEpoch>> {
        let policy = policy();
        let head = net.epoch();
        let state = self.state(net)?;
        let period = state.deadline_info(&policy, head).period_start;
        let mut next: Option<ChainEpoch> = None;
        state.load_deadlines(net.store())?.for_each(net.store(), |index, deadline| {
            if deadline.live_sectors > 0 {
                let mut open = period + index as ChainEpoch * policy.wpost_challenge_window;
                if open <= head {
                    open += policy.wpost_proving_period;
                }
                next = Some(next.map_or(open, |earlier| earlier.min(open)));
            }
            Ok(())
        })?;
        Ok(next)
    }

    /// The partitions of a deadline that were not proved yet in this period and have something to prove. One message takes three.
    fn unproven(&self, net: &Network, index: u64) -> anyhow::Result<Vec<u64>> {
        let posted = self.deadline(net, index)?.partitions_posted;
        let mut open = Vec::new();
        for (partition, number) in self.partitions(net, index)?.iter().zip(0u64..) {
            let faulty = &partition.faults - &partition.recoveries;
            let provable = &(&partition.sectors - &partition.terminated) - &faulty;
            if !posted.get(number) && !provable.is_empty() {
                open.push(number);
            }
        }
        open.truncate(policy().posted_partitions_max as usize);
        Ok(open)
    }

    /// The proof the fake verifier accepts: the hash of randomness and challenged sectors, a good one in the place of each that is
    /// faulty or gone.
    fn proof(&self, net: &Network, window: &DeadlineInfo, partitions: &[u64]) -> anyhow::Result<Vec<u8>> {
        let (mut all, mut left_out) = (Vec::new(), Vec::new());
        for (partition, number) in self.partitions(net, window.index)?.iter().zip(0u64..) {
            if partitions.contains(&number) {
                all.push(partition.sectors.clone());
                left_out.push(&partition.faults - &partition.recoveries);
                left_out.push(partition.terminated.clone());
            }
        }
        let state = self.state(net)?;
        let sectors = Sectors::load(net.store(), &state.sectors)?;
        let challenged = sectors.load_for_proof(&BitField::union(&all), &BitField::union(&left_out))?;

        let base = net.beacon_randomness(window.challenge)?;
        let mut randomness = draw(WINDOW_POST_CHALLENGE, base, window.challenge, &to_vec(&self.address())?);
        // A field element of the curve: the topmost two bits are cleared.
        randomness[31] &= 0x3f;
        let mut hashed = randomness.to_vec();
        for sector in &challenged {
            hashed.extend(to_vec(&sector_info(sector))?);
        }
        Ok(Code::Sha2_256.digest(&hashed).digest().to_vec())
    }
}

fn sector_info(sector: &SectorOnChainInfo) -> SectorInfo {
    SectorInfo { proof: sector.seal_proof, sector_number: sector.sector_number, sealed_cid: sector.sealed_cid }
}

/// Randomness of an epoch for one purpose, as the actors draw it.
fn draw(purpose: i64, base: [u8; 32], epoch: ChainEpoch, entropy: &[u8]) -> [u8; 32] {
    let input = [&purpose.to_be_bytes()[..], &base, &epoch.to_be_bytes(), entropy].concat();
    let mut drawn = [0; 32];
    drawn.copy_from_slice(Code::Blake2b256.digest(&input).digest());
    drawn
}
