//! Calldata of Ethereum's ABI, written by hand: selectors are the published ones (4byte directories) or computed here.

use fvm_shared::address::{Address, Payload};
use fvm_shared::econ::TokenAmount;
use num_bigint::Sign;
use peggy_localnet::keys::keccak_256;

/// The first four bytes of the signature's hash.
pub fn selector(signature: &str) -> Vec<u8> {
    keccak_256(signature.as_bytes())[..4].to_vec()
}

/// A uint256.
pub fn word(amount: &TokenAmount) -> [u8; 32] {
    let (sign, bytes) = amount.atto().to_bytes_be();
    assert!(sign != Sign::Minus && bytes.len() <= 32, "{amount} is no uint256");
    let mut word = [0; 32];
    word[32 - bytes.len()..].copy_from_slice(&bytes);
    word
}

/// A uint256 back from its bytes.
pub fn amount_of(word: &[u8]) -> TokenAmount {
    assert_eq!(word.len(), 32, "a uint256 has 32 bytes");
    TokenAmount::from_atto(num_bigint::BigInt::from_bytes_be(Sign::Plus, word))
}

/// An address as Ethereum sees it; only f0 and f410 have one.
pub fn eth_address(address: &Address) -> Option<[u8; 20]> {
    let mut bytes = [0; 20];
    match address.payload() {
        Payload::ID(id) => {
            bytes[0] = 0xff;
            bytes[12..].copy_from_slice(&id.to_be_bytes());
        }
        Payload::Delegated(d) if d.namespace() == 10 && d.subaddress().len() == 20 => {
            bytes.copy_from_slice(d.subaddress());
        }
        _ => return None,
    }
    Some(bytes)
}

fn address_word(address: &Address) -> Option<[u8; 32]> {
    let mut word = [0; 32];
    word[12..].copy_from_slice(&eth_address(address)?);
    Some(word)
}

/// `deposit()`
pub fn deposit() -> Vec<u8> {
    selector("deposit()")
}

/// `claimRewards()`
pub fn claim_rewards() -> Vec<u8> {
    selector("claimRewards()")
}

/// `redeem(uint256,uint256)`
pub fn redeem(shares: &TokenAmount, min_amount: &TokenAmount) -> Vec<u8> {
    [selector("redeem(uint256,uint256)"), word(shares).to_vec(), word(min_amount).to_vec()].concat()
}

/// `requestExit(uint256)`
pub fn request_exit(shares: &TokenAmount) -> Vec<u8> {
    [selector("requestExit(uint256)"), word(shares).to_vec()].concat()
}

/// `claimExit(uint256)`
pub fn claim_exit(ticket: u64) -> Vec<u8> {
    [selector("claimExit(uint256)"), word(&TokenAmount::from_atto(ticket)).to_vec()].concat()
}

/// `transfer(address,uint256)`; `None` if the recipient has no Ethereum address.
pub fn transfer(to: &Address, amount: &TokenAmount) -> Option<Vec<u8>> {
    Some([selector("transfer(address,uint256)"), address_word(to)?.to_vec(), word(amount).to_vec()].concat())
}

/// `balanceOf(address)`; `None` if the holder has no Ethereum address.
pub fn balance_of(holder: &Address) -> Option<Vec<u8>> {
    Some([selector("balanceOf(address)"), address_word(holder)?.to_vec()].concat())
}
