//! What an Ethereum-style wallet says to the pool: ABI calldata of its fixed table (DESIGN.md 5, InvokeEVM).

use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::{Address, Payload};
use fvm_shared::bigint::{BigInt, Sign};
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::pool::InvokeEVM;
use peggy_localnet::keys::{keccak_256, EAM_ACTOR_ID};
use peggy_runtime::Method as _;

use crate::send::Draft;
use crate::{Failure, Result};

/// The first four bytes of the hash of a signature such as `redeem(uint256,uint256)`.
pub fn selector(signature: &str) -> [u8; 4] {
    let hash = keccak_256(signature.as_bytes());
    [hash[0], hash[1], hash[2], hash[3]]
}

/// A number as an ABI word.
pub fn word(amount: &TokenAmount) -> Result<[u8; 32]> {
    let (sign, bytes) = amount.atto().to_bytes_be();
    if sign == Sign::Minus || bytes.len() > 32 {
        return Err(Failure::usage(format!("{amount} does not fit a uint256")));
    }
    let mut word = [0u8; 32];
    word[32 - bytes.len()..].copy_from_slice(&bytes);
    Ok(word)
}

/// An address as an ABI word: f410 by its 20 bytes, an ID as the network's masked form (0xff, zeros, the ID).
pub fn address_word(address: &Address) -> Result<[u8; 32]> {
    let mut word = [0u8; 32];
    word[12..].copy_from_slice(&eth_address(address)?);
    Ok(word)
}

/// The 20 bytes Ethereum knows an address by.
pub fn eth_address(address: &Address) -> Result<[u8; 20]> {
    let mut bytes = [0u8; 20];
    match address.payload() {
        Payload::ID(id) => {
            bytes[0] = 0xff;
            bytes[12..].copy_from_slice(&id.to_be_bytes());
        }
        Payload::Delegated(d) if d.namespace() == EAM_ACTOR_ID && d.subaddress().len() == 20 => {
            bytes.copy_from_slice(d.subaddress());
        }
        _ => {
            return Err(Failure::usage(format!("{address} has no Ethereum form"))
                .next("name the recipient by its f0 or f410 address"))
        }
    }
    Ok(bytes)
}

/// Calldata as `InvokeEVM` takes it: one CBOR byte string.
pub fn calldata(signature: &str, words: &[[u8; 32]]) -> Result<RawBytes> {
    let mut data = selector(signature).to_vec();
    for word in words {
        data.extend_from_slice(word);
    }
    RawBytes::serialize(ByteBuf(data)).map_err(|e| Failure::usage(format!("calldata does not encode: {e}")))
}

/// A call of the pool's table by `InvokeEVM`, without value.
pub fn call(pool: u64, signature: &str, words: &[[u8; 32]]) -> Result<Draft> {
    Ok(Draft {
        to: Address::new_id(pool),
        value: TokenAmount::default(),
        method: InvokeEVM::NUMBER,
        params: calldata(signature, words)?,
        what: format!("{signature} by InvokeEVM"),
    })
}

/// The number an `InvokeEVM` call answered; `None` if it answered something else.
pub fn answer(return_data: &[u8]) -> Option<TokenAmount> {
    let ByteBuf(abi) = fvm_ipld_encoding::from_slice(return_data).ok()?;
    let word: [u8; 32] = abi.try_into().ok()?;
    Some(TokenAmount::from_atto(BigInt::from_bytes_be(Sign::Plus, &word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_those_of_ethereum() {
        assert_eq!(selector("transfer(address,uint256)"), [0xa9, 0x05, 0x9c, 0xbb]);
        assert_eq!(selector("balanceOf(address)"), [0x70, 0xa0, 0x82, 0x31]);
        assert_eq!(selector("deposit()"), [0xd0, 0xe3, 0x0d, 0xb0]);
    }

    #[test]
    fn words() {
        assert_eq!(word(&TokenAmount::from_atto(258)).unwrap()[30..], [1, 2]);
        assert!(word(&TokenAmount::from_atto(-1)).is_err());
        let id = address_word(&Address::new_id(7)).unwrap();
        assert_eq!((id[12], id[31]), (0xff, 7));
        assert!(address_word(&Address::new_actor(b"x")).is_err());
    }

    #[test]
    fn answers() {
        let mut abi = vec![0u8; 32];
        abi[31] = 9;
        let bytes = fvm_ipld_encoding::to_vec(&ByteBuf(abi)).unwrap();
        assert_eq!(answer(&bytes), Some(TokenAmount::from_atto(9)));
        assert_eq!(answer(&[0x40]), None);
    }
}
