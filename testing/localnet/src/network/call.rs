//! Messages outside of blocks: what-if calls, levers, single applications for tests.

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use fvm_shared::MethodNum;

use super::Network;
use crate::chain::BLOCK_GAS_LIMIT;
use crate::message::{encode, message_cid, unsigned, Signature, SignatureKind, SignedMessage};
use crate::outcome::Outcome;

impl Network {
    /// What a message would do if it came next (`StateCall`): no signature, nonce or fees, nothing is kept. A gas limit of 0 means
    /// as much as a block holds. Gas is counted without the message's inclusion.
    pub fn call(&self, mut message: Message) -> anyhow::Result<Outcome> {
        if message.gas_limit == 0 {
            message.gas_limit = BLOCK_GAS_LIMIT;
        }
        let cid = message_cid(&message);
        let mut vm = self.vm_at(self.epoch() + 1)?;
        Ok(Outcome::new(cid, vm.apply_implicit(message)?))
    }

    /// [`Self::call`] for a method that only reads, asked by nobody in particular (the burnt-funds account).
    pub fn query(&self, to: Address, method: MethodNum, params: RawBytes) -> anyhow::Result<Outcome> {
        let nobody = Address::new_id(crate::ids::BURNT_FUNDS);
        self.call(unsigned(nobody, to, TokenAmount::default(), method, params))
    }

    /// A message the network itself sends, from any actor, at the epoch of the head and after its messages. Its effect on the state
    /// is kept if it succeeded. Nobody can bring about such a message from outside: this is how test levers and genuine
    /// network messages (rewards) reach actors.
    pub fn implicit(
        &mut self,
        from: Address,
        to: Address,
        value: TokenAmount,
        method: MethodNum,
        params: RawBytes,
    ) -> anyhow::Result<Outcome> {
        let mut message = unsigned(from, to, value, method, params);
        message.gas_limit = BLOCK_GAS_LIMIT;
        self.run_implicit(message)
    }

    pub(crate) fn run_implicit(&mut self, message: Message) -> anyhow::Result<Outcome> {
        let cid = message_cid(&message);
        let mut vm = self.vm_at(self.epoch())?;
        let outcome = Outcome::new(cid, vm.apply_implicit(message)?);
        if outcome.is_ok() {
            let root = vm.flush()?;
            self.adopt(root);
        }
        Ok(outcome)
    }

    /// Applies a message of an account to the present state as a block would (nonce, gas, fees), but without a block and without
    /// checking a signature; its size is that of the signed message. The state is kept if `persist` says so.
    pub fn apply(&mut self, message: Message, persist: bool) -> anyhow::Result<Outcome> {
        let (outcome, root) = self.try_apply(message)?;
        if persist {
            self.adopt(root);
        }
        Ok(outcome)
    }

    /// [`Self::apply`] without keeping anything; answers the state root it would lead to.
    pub fn try_apply(&self, message: Message) -> anyhow::Result<(Outcome, cid::Cid)> {
        let cid = message_cid(&message);
        let size = signed_size(&message);
        let mut vm = self.vm_at(self.epoch() + 1)?;
        let outcome = Outcome::new(cid, vm.apply(message, size)?);
        Ok((outcome, vm.flush()?))
    }
}

/// Size on chain once signed. Secp256k1 and delegated signatures have 65 bytes; a BLS message travels without.
pub(super) fn signed_size(message: &Message) -> usize {
    if message.from.protocol() == fvm_shared::address::Protocol::BLS {
        return encode(message).len();
    }
    let signature = Signature { kind: SignatureKind::Secp256k1, bytes: vec![0; 65] };
    SignedMessage { message: message.clone(), signature }.chain_length()
}
