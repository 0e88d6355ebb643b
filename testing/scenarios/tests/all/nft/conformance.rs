//! The documented cases of the FRC-53 reference (its multi-actor and enumeration tests), on contracts that do in their hooks what the
//! reference's test actors do; and those of FRC-46 that end at nft-share.

use frc53_nft::types::{ListOwnedTokensParams, ListTokensParams, MintReturn, TransferReturn};
use fvm_ipld_encoding::{from_slice, RawBytes};
use fvm_shared::address::Address;
use peggy_interfaces::frc53;
use peggy_interfaces::nft_share as nft;
use peggy_localnet::KeyKind;
use peggy_scenarios::fil;
use peggy_scenarios::nft_actions::{mint_data, token_transfer};
use test_forwarder::{CallReturn, CallSpec, Script, RECEIVE};

use super::Stage;

/// What a hook that refuses fails with.
const REFUSES: u32 = 55;

impl Stage {
    /// Mints for a contract, and answers what the pool passed on of nft-share's return.
    fn mint_for(&mut self, i: usize) -> peggy_scenarios::Outcome {
        let alice = self.alice.clone();
        self.w.nft_mint_for(&alice, fil(1), mint_data(Some(self.contract(i)), None))
    }
    fn minted(&mut self, i: usize) -> MintReturn {
        let returned: frc46_token::token::types::TransferReturn = self.mint_for(i).decode();
        from_slice(returned.recipient_data.bytes()).unwrap()
    }
    fn transfer(&self, to: Address, tokens: &[u64]) -> CallSpec {
        self.to_nft::<frc53::Transfer>(&token_transfer(to, tokens))
    }
    fn burn(&self, tokens: &[u64]) -> CallSpec {
        self.to_nft::<frc53::Burn>(&tokens.to_vec())
    }
    fn in_hook(&mut self, i: usize, calls: Vec<CallSpec>) {
        self.script(i, vec![Script::call_back(RECEIVE, calls)]);
    }
    fn refuses(&mut self, i: usize) {
        self.script(i, vec![Script::reject(RECEIVE, REFUSES)]);
    }
    fn accepts(&mut self, i: usize) {
        self.script(i, vec![]);
    }
    fn supply(&self) -> u64 {
        self.w.read::<frc53::TotalSupply>(self.w.wiring.nft_share, &())
    }
    fn owner_of(&self, token: u64) -> Address {
        Address::new_id(self.w.read::<frc53::OwnerOf>(self.w.wiring.nft_share, &token))
    }
    fn moved(&mut self, i: usize, call: CallSpec) -> TransferReturn {
        let done: CallReturn = self.calls(i, vec![call]).decode();
        from_slice(done.results[0].data.bytes()).unwrap()
    }
}

/// The reference's sequence, with its numbers: contract 0 is its alice, contract 1 its bob.
#[test]
fn the_references_sequence_of_hooks() {
    let mut s = Stage::new();
    let (a, b) = (s.contract(0), s.contract(1));
    let nft = s.nft();

    // Mint to the token actor itself; transfer to it.
    let alice = s.alice.clone();
    s.w.nft_mint_for(&alice, fil(1), mint_data(Some(nft), None)).refused(88, "nft-share itself");
    let to_itself = s.transfer(nft, &[]);
    s.calls(0, vec![to_itself]).refused(88, "nft-share itself");

    // Mint to a receiver that rejects.
    s.refuses(0);
    s.mint_for(0).refused(REFUSES, "told to fail");
    assert_eq!((s.supply(), s.balance(a)), (0, 0));

    // Nothing to oneself: rejected, accepted.
    let nothing = s.transfer(a, &[]);
    s.calls(0, vec![nothing.clone()]).refused(REFUSES, "told to fail");
    s.accepts(0);
    let done = s.moved(0, nothing);
    assert_eq!((done.from_balance, done.to_balance, done.token_ids.len()), (0, 0, 0));

    // Minted, and burnt in the hook.
    let burn = s.burn(&[0]);
    s.in_hook(0, vec![burn]);
    let made = s.minted(0);
    assert_eq!((made.token_ids, made.balance, made.supply), (vec![0], 0, 0));
    assert_eq!((s.supply(), s.balance(a)), (0, 0));

    // Minted, and passed on in the hook.
    let pass = s.transfer(b, &[1]);
    s.in_hook(0, vec![pass]);
    let made = s.minted(0);
    assert_eq!((made.token_ids, made.balance), (vec![1], 0));
    assert_eq!((s.supply(), s.balance(b), s.owner_of(1)), (1, 1, b));

    // Minted, and passed on to one who rejects: it stays.
    s.refuses(1);
    let pass = s.transfer(b, &[2]).may_fail();
    s.in_hook(0, vec![pass]);
    let made = s.minted(0);
    assert_eq!((made.token_ids, made.balance, s.owner_of(2)), (vec![2], 1, a));

    // To oneself.
    s.accepts(0);
    let call = s.transfer(a, &[2]);
    let done = s.moved(0, call);
    assert_eq!((done.from_balance, done.to_balance, done.token_ids), (1, 1, vec![2]));

    // Nothing to another: rejected, accepted.
    let nothing = s.transfer(b, &[]);
    s.calls(0, vec![nothing.clone()]).refused(REFUSES, "told to fail");
    s.accepts(1);
    let done = s.moved(0, nothing);
    assert_eq!((done.from_balance, done.to_balance, done.token_ids.len()), (1, 1, 0));

    for _ in 0..3 {
        s.minted(0);
    }
    assert_eq!((s.supply(), s.balance(a), s.balance(b)), (5, 4, 1));

    // To one who rejects; then accepts.
    s.refuses(1);
    let call = s.transfer(b, &[2]);
    s.calls(0, vec![call.clone()]).refused(REFUSES, "told to fail");
    assert_eq!((s.balance(a), s.balance(b), s.owner_of(2)), (4, 1, a));
    s.accepts(1);
    let done = s.moved(0, call);
    assert_eq!((done.from_balance, done.to_balance, done.token_ids), (3, 2, vec![2]));

    // A batch, of which the receiver burns some in the hook.
    let burn = s.burn(&[3, 4]);
    s.in_hook(1, vec![burn]);
    let call = s.transfer(b, &[3, 4, 5]);
    let done = s.moved(0, call);
    assert_eq!((done.from_balance, done.to_balance, done.token_ids), (0, 3, vec![3, 4, 5]));
    assert_eq!((s.supply(), s.balance(a), s.balance(b), s.owner_of(5)), (3, 0, 3, b));

    // What its single-actor tests try.
    let stranger = s.w.cast.stranger.clone();
    s.w.nft_burn(&stranger, &[100]).refused(80, "there is no token 100");
    s.w.nft_burn(&stranger, &[5]).refused(81, "belongs to");
    assert_eq!((s.supply(), s.balance(b)), (3, 3));
}

#[test]
fn hooks_get_the_standards_payload_and_their_answer_comes_back() {
    let mut s = Stage::new();
    let (alice, bob) = (s.alice.clone(), s.bob.clone());
    let answer = RawBytes::serialize(("hello", 7u64)).unwrap();
    s.script(0, vec![Script::answer(RECEIVE, answer.clone())]);
    let (to, token) = (s.contract(0), s.w.next_token());
    let data = nft::MintParams { owner: Some(to), beneficiary: None, operator_data: RawBytes::new(vec![1, 2]) };
    // Wrapped by an operator of the shares.
    s.w.increase_allowance(&alice, bob.address(), fil(1)).ok();
    let request = frc46_token::token::types::TransferFromParams {
        from: alice.address(),
        to: s.nft(),
        amount: fil(1),
        operator_data: RawBytes::serialize(data).unwrap(),
    };
    let pool = s.w.wiring.pool;
    let outcome = s.w.call::<peggy_interfaces::frc46::TransferFrom>(&bob, pool, &request, fil(0));
    let returned: frc46_token::token::types::TransferFromReturn = outcome.decode();
    let made: MintReturn = from_slice(returned.recipient_data.bytes()).unwrap();
    assert_eq!((made.token_ids, made.recipient_data), (vec![token], answer));

    let received = &s.log(0).received[0];
    assert_eq!((received.method, received.caller), (RECEIVE, s.w.wiring.nft_share));
    let params: fvm_actor_utils::receiver::UniversalReceiverParams = from_slice(received.params.bytes()).unwrap();
    assert_eq!(params.type_, frc53::FRC53_TOKEN_TYPE);
    let payload: frc53::FRC53TokenReceived = params.payload.deserialize().unwrap();
    let wanted = frc53::FRC53TokenReceived {
        to: s.contracts[0],
        operator: s.w.id(&bob),
        token_ids: vec![token],
        operator_data: RawBytes::new(vec![1, 2]),
        token_data: RawBytes::default(),
    };
    assert_eq!(payload, wanted);
}

#[test]
fn receivers_that_are_unknown_or_no_receivers() {
    let mut s = Stage::new();
    let alice = s.alice.clone();
    let token = s.mint(&alice, fil(1));
    // A key without an account is given one; an actor address without an actor can't be.
    let newcomer = s.w.net.new_key(KeyKind::Secp256k1).unwrap().address();
    s.w.nft_transfer(&alice, newcomer, &[token]).ok();
    assert_eq!(s.balance(newcomer), 1);
    let token = s.mint(&alice, fil(1));
    s.w.nft_transfer(&alice, Address::new_actor(b"nobody"), &[token]).failed();
    s.w.nft_transfer(&alice, Address::new_id(987_654_321), &[token]).refused(17, "is no actor");
    // The pool, and actors without a hook.
    let (pool, governance) = (s.w.wiring.pool, s.w.wiring.governance);
    s.w.nft_transfer(&alice, Address::new_id(pool), &[token]).refused(88, "the pool");
    s.w.nft_transfer(&alice, Address::new_id(governance), &[token]).refused(22, "has no method");
    assert_eq!(s.owner_of(token), Address::new_id(s.w.id(&alice)));
    // FRC-46: shares that come with nonsense, none, or for nobody go back to their sender, who hears why.
    s.w.nft_mint_for(&alice, fil(1), RawBytes::new(vec![0x83, 1, 2, 3])).refused(87, "operator_data");
    s.w.nft_mint(&alice, fil(0)).refused(85, "needs shares");
    let nobody = Address::new_id(987_654_321);
    s.w.nft_mint_for(&alice, fil(1), mint_data(Some(nobody), None)).refused(17, "is no actor");
    // Tokens of others, and calls that only look like the pool's.
    let call = s.to_nft::<nft::Receive>(&fvm_actor_utils::receiver::UniversalReceiverParams {
        type_: frc46_token::receiver::FRC46_TOKEN_TYPE,
        payload: RawBytes::default(),
    });
    s.calls(0, vec![call]).refused(86, "can't send any");
}

#[test]
fn lists_are_complete_and_their_cursors_end_with_the_state() {
    let mut s = Stage::new();
    let (alice, bob) = (s.alice.clone(), s.bob.clone());
    for _ in 0..5 {
        s.mint(&alice, fil(1));
    }
    s.mint(&bob, fil(1));
    s.w.nft_burn(&alice, &[1, 3]).ok();
    let nft = s.w.wiring.nft_share;
    let (mut found, mut cursor) = (Vec::new(), RawBytes::default());
    loop {
        let page = s.w.read::<frc53::ListTokens>(nft, &ListTokensParams { cursor: cursor.clone(), limit: 1 });
        found.extend(page.tokens.iter());
        let Some(next) = page.next_cursor else { break };
        cursor = next;
    }
    assert_eq!(found, [0, 2, 4, 5]);
    let params = |cursor, limit| ListOwnedTokensParams { owner: alice.address(), cursor, limit };
    let page = s.w.read::<frc53::ListOwnedTokens>(nft, &params(RawBytes::default(), u64::MAX));
    assert_eq!(page.tokens.iter().collect::<Vec<_>>(), [0, 2, 4]);
    assert!(page.next_cursor.is_none());
    let page = s.w.read::<frc53::ListOwnedTokens>(nft, &params(RawBytes::default(), 2));
    s.mint(&bob, fil(1));
    s.w.try_read::<frc53::ListOwnedTokens>(nft, &params(page.next_cursor.unwrap(), 2)).refused(92, "begin again");
}
