//! A chain with something of everything: several miners, null rounds, all kinds of messages, duplicates, failures, events.

use cid::Cid;
use fvm_ipld_blockstore::Blockstore;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use fvm_shared::sector::RegisteredPoStProof;
use fvm_shared::{ActorID, MethodNum, METHOD_SEND};
use localnet_builtin::init::{ExecParams, ExecReturn, InstallCodeParams, InstallCodeReturn, EXEC, INSTALL_CODE};
use localnet_builtin::power::{CreateMinerParams, CreateMinerReturn, CREATE_MINER};
use peggy_localnet::bundle::find_out_dir;
use peggy_localnet::message::unsigned;
use peggy_localnet::{ids, params, Config, Key, KeyKind, Network, Outcome, Producer, SignedMessage, Store};
use serde::Serialize;
use test_forwarder::{EmitParams, EMIT};

use crate::wire::Blocks;

/// The method by which Ethereum-style wallets send; accounts accept it and do nothing.
pub const INVOKE_EVM: MethodNum = 3_844_450_837;

impl Blocks for Store {
    fn bytes(&self, cid: &Cid) -> Vec<u8> {
        self.get(cid).unwrap().unwrap_or_else(|| panic!("no block {cid}"))
    }
}

pub fn fil(whole: u64) -> TokenAmount {
    TokenAmount::from_whole(whole)
}

pub fn id(id: ActorID) -> Address {
    Address::new_id(id)
}

pub struct World {
    pub net: Network,
    pub secp: [Key; 2],
    pub bls: [Key; 2],
    pub eth: Key,
    /// Emits events.
    pub contract: ActorID,
}

impl World {
    pub fn new() -> Self {
        let mut net = Network::new(Config::default()).expect("genesis");
        let mut account = |kind| net.create_account(kind, fil(1000)).expect("an account");
        let secp = [account(KeyKind::Secp256k1), account(KeyKind::Secp256k1)];
        let bls = [account(KeyKind::Bls), account(KeyKind::Bls)];
        let eth = account(KeyKind::Delegated);
        let mut world = Self { net, secp, bls, eth, contract: 0 };
        let wasm = find_out_dir().unwrap().expect("out").join("wasm/test_forwarder.wasm");
        let code = RawBytes::new(std::fs::read(wasm).expect("run 'make wasm'"));
        let installed: InstallCodeReturn =
            world.send(ids::INIT, fil(0), INSTALL_CODE, &InstallCodeParams { code }).decode().expect("installs");
        let exec = ExecParams { code_cid: installed.code_cid, constructor_params: RawBytes::default() };
        let made: ExecReturn = world.send(ids::INIT, fil(0), EXEC, &exec).decode().expect("creates");
        world.contract = made.id_address.id().unwrap();
        world
    }

    fn send<P: Serialize>(&mut self, to: ActorID, value: TokenAmount, method: MethodNum, p: &P) -> Outcome {
        let from = self.secp[0].clone();
        self.net.send(&from, id(to), value, method, params(p).unwrap()).expect("is executed")
    }

    /// One more miner that makes blocks, with a worker of its own.
    pub fn add_miner(&mut self, win_count: i64) {
        let worker = self.net.create_account(KeyKind::Bls, fil(10)).unwrap();
        let request = CreateMinerParams {
            owner: self.secp[0].address(),
            worker: worker.address(),
            window_post_proof_type: RegisteredPoStProof::StackedDRGWindow32GiBV1P1,
            peer: vec![1],
            multiaddrs: vec![],
        };
        let made: CreateMinerReturn = self.send(ids::POWER, fil(100), CREATE_MINER, &request).decode().unwrap();
        let miner = made.id_address.id().unwrap();
        let mut producers = self.net.producers().to_vec();
        producers.push(Producer { miner, win_count, worker: Some(worker) });
        self.net.set_producers(producers);
    }

    /// A signed message that is `ahead` of the sender's next nonce, with plenty of gas.
    pub fn signed(&self, from: &Key, ahead: u64, to: ActorID, method: MethodNum, p: RawBytes) -> SignedMessage {
        self.with_premium(from, ahead, to, method, p, 100_000)
    }

    /// The same with a premium of its own, and so another message.
    pub fn with_premium(
        &self,
        from: &Key,
        ahead: u64,
        to: ActorID,
        method: MethodNum,
        p: RawBytes,
        premium: u64,
    ) -> SignedMessage {
        let message = self.unsigned(from.address(), from.address(), ahead, to, method, p, premium);
        from.sign(message, self.net.config().chain_id).unwrap()
    }

    /// A message of the account `of` that names its sender `named`.
    #[allow(clippy::too_many_arguments)]
    pub fn unsigned(
        &self,
        of: Address,
        named: Address,
        ahead: u64,
        to: ActorID,
        method: MethodNum,
        p: RawBytes,
        premium: u64,
    ) -> Message {
        let value = if method == METHOD_SEND { fil(1) } else { fil(0) };
        let mut message = unsigned(named, id(to), value, method, p);
        message.sequence = self.net.next_nonce(&of).unwrap() + ahead;
        message.gas_limit = 300_000_000;
        message.gas_fee_cap = TokenAmount::from_atto(1_000_000);
        message.gas_premium = TokenAmount::from_atto(premium);
        message
    }

    pub fn bare(&self, from: &Key, ahead: u64) -> SignedMessage {
        let method = if from.kind() == KeyKind::Delegated { INVOKE_EVM } else { METHOD_SEND };
        let to = self.net.resolve(&self.secp[1].address()).unwrap().unwrap();
        self.signed(from, ahead, to, method, RawBytes::default())
    }

    pub fn emit(&self, from: &Key, ahead: u64, count: u64) -> SignedMessage {
        self.signed(from, ahead, self.contract, EMIT, params(&EmitParams { count }).unwrap())
    }

    /// A message that fails: the contract is asked for a method it lacks.
    pub fn failing(&self, from: &Key, ahead: u64) -> SignedMessage {
        self.signed(from, ahead, self.contract, 7, RawBytes::default())
    }

    /// Three blocks of which each knows most messages, in a list of its own.
    pub fn three_overlapping_blocks(&mut self) {
        let [a, b] = self.secp.clone();
        let [c, d] = self.bls.clone();
        let eth = self.eth.clone();
        let mut first: Vec<_> = (0..6).map(|n| self.bare(&a, n)).collect();
        first.extend([self.emit(&b, 0, 40), self.failing(&b, 1), self.bare(&b, 2), self.bare(&eth, 0)]);
        first.extend((0..9).map(|n| self.bare(&c, n)));
        let mut second: Vec<_> = first[..4].to_vec();
        second.extend([first[6].clone(), self.bare(&d, 0), self.failing(&d, 1), self.emit(&d, 2, 1)]);
        second.extend(first[10..16].to_vec());
        let mut third = first.clone();
        third.extend([self.bare(&a, 6), self.bare(&c, 9), self.bare(&eth, 1)]);
        self.net.mine_blocks(1, vec![first, second, third]).expect("three blocks");
    }

    /// Two blocks after null rounds with different messages of one sender with one nonce: a replacement that not all nodes saw.
    pub fn replaced_messages(&mut self) {
        let [a, b] = self.secp.clone();
        let [c, _] = self.bls.clone();
        let to = self.contract;
        let emit = |count| params(&EmitParams { count }).unwrap();
        let first = vec![
            self.bare(&a, 0),
            self.bare(&c, 0),
            self.with_premium(&b, 0, to, EMIT, emit(2), 100_000),
            self.bare(&b, 1),
        ];
        let second = vec![
            self.bare(&c, 0),
            self.with_premium(&b, 0, to, EMIT, emit(3), 200_000),
            self.bare(&b, 1),
            self.bare(&b, 2),
            self.bare(&a, 0),
            self.bare(&a, 1),
        ];
        self.net.mine_blocks(5, vec![first, second, Vec::new()]).expect("two blocks");
    }

    /// The story as long as three miners make blocks.
    pub fn busy() -> Self {
        let mut world = Self::new();
        world.net.advance(3).unwrap();
        world.add_miner(1);
        world.add_miner(2);
        world.three_overlapping_blocks();
        world.replaced_messages();
        // A full list in one block, by way of the mempool.
        let batch: Vec<_> = (0..20).map(|n| world.bare(&world.secp[0], n)).collect();
        for message in batch {
            world.net.push(message).unwrap();
        }
        world.net.mine().unwrap();
        world
    }

    /// The whole story, with an empty tipset on top that has the last receipts.
    pub fn told() -> Self {
        let mut world = Self::busy();
        world.net.set_producers(world.net.producers()[..1].to_vec());
        world.net.advance(2).unwrap();
        world
    }
}
