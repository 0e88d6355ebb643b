//! What a position looks like: JSON in the fields wallets and markets read, with a picture drawn from the position itself.
//!
//! Everything that goes in is a number, or a name the constructor found harmless, so nothing needs escaping.

use std::fmt::Write;

use frc53_nft::types::TokenID;
use fvm_shared::ActorID;

use crate::state::Position;

/// The token as JSON. `shares` are in the smallest unit (18 decimals) there; texts for people count whole ones.
pub fn json(name: &str, symbol: &str, pool: ActorID, token: TokenID, position: &Position) -> String {
    let shares = &position.account.shares;
    let minted_at = position.minted_at;
    let image = base64(svg(symbol, token, position).as_bytes());
    let atto = shares.atto();
    [
        format!(r#"{{"name":"{name} #{token}","description":"{shares} shares of the pool f0{pool}. "#),
        r#"The owner can turn them back into shares at any time; their rewards go to whom the owner names.","#
            .to_owned(),
        format!(r#""image":"data:image/svg+xml;base64,{image}","attributes":["#),
        format!(r#"{{"trait_type":"Shares","value":"{shares}"}},"#),
        format!(r#"{{"trait_type":"Mint epoch","display_type":"number","value":{minted_at}}},"#),
        format!(r#"{{"trait_type":"Pool","value":"f0{pool}"}}],"#),
        format!(r#""token_id":{token},"shares":"{atto}","minted_at":{minted_at},"pool":"f0{pool}"}}"#),
    ]
    .concat()
}

/// Rings: as many as the whole shares have digits, in a colour of the token's own; the amount inside.
fn svg(symbol: &str, token: TokenID, position: &Position) -> String {
    // Steps of the golden angle keep neighbours' colours apart.
    let hue = token.wrapping_mul(137) % 360;
    let whole = position.account.shares.atto() / 1_000_000_000_000_000_000u64;
    let rings = whole.to_string().len().min(12);
    let mut out = String::from(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400">"#);
    let mut put = |args: std::fmt::Arguments| {
        // Writing to a String can't fail.
        let _ = out.write_fmt(args);
    };
    put(format_args!(r#"<rect width="400" height="400" rx="24" fill="hsl({hue},45%,14%)"/>"#));
    for ring in 0..rings {
        let (radius, light) = (60 + ring * 11, 70 - ring * 4);
        put(format_args!(
            r#"<circle cx="200" cy="200" r="{radius}" fill="none" stroke="hsl({hue},70%,{light}%)" stroke-width="4"/>"#
        ));
    }
    let text = |y: u32, size: u32, words: &str| {
        format!(
            r#"<text x="200" y="{y}" font-family="sans-serif" font-size="{size}" fill="white" text-anchor="middle">{words}</text>"#
        )
    };
    put(format_args!("{}", text(44, 22, &format!("{symbol} #{token}"))));
    put(format_args!("{}", text(208, 22, &short(&position.account.shares.to_string()))));
    put(format_args!("{}", text(378, 16, &format!("since epoch {}", position.minted_at))));
    out.push_str("</svg>");
    out
}

/// At most 12 characters of a decimal, cut and not rounded: a picture shows no more than there is.
fn short(decimal: &str) -> String {
    match decimal.char_indices().nth(12) {
        Some((end, _)) if decimal[..end].contains('.') => format!("{}…", decimal[..end].trim_end_matches('.')),
        _ => decimal.to_owned(),
    }
}

/// RFC 4648, with padding.
fn base64(data: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(data.len().div_ceil(3) * 4);
    for chunk in data.chunks(3) {
        let word = chunk.iter().enumerate().fold(0u32, |word, (i, byte)| word | u32::from(*byte) << (16 - 8 * i));
        for i in 0..4 {
            let six = (word >> (18 - 6 * i) & 63) as usize;
            out.push(if i <= chunk.len() { char::from(ALPHABET[six]) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ::base64::prelude::{Engine, BASE64_STANDARD};
    use fvm_shared::econ::TokenAmount;
    use peggy_ledger::Account;
    use proptest::prelude::*;

    use super::*;

    fn position(atto: u128) -> Position {
        let account = Account { shares: TokenAmount::from_atto(atto), ..Account::default() };
        Position { owner: 1, beneficiary: None, minted_at: 77, account, operators: Vec::new() }
    }

    #[test]
    fn json_has_amount_epoch_pool_and_picture() {
        let text = json("Peggy position", "PGYP", 1002, 5, &position(1_500_000_000_000_000_000));
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["name"], "Peggy position #5");
        assert_eq!(json["shares"], "1500000000000000000");
        assert_eq!(json["minted_at"], 77);
        assert_eq!(json["pool"], "f01002");
        assert_eq!(json["attributes"][0]["value"], "1.5");
        let image = json["image"].as_str().unwrap().strip_prefix("data:image/svg+xml;base64,").unwrap();
        let svg = String::from_utf8(BASE64_STANDARD.decode(image).unwrap()).unwrap();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{svg}");
        assert!(svg.contains("PGYP #5") && svg.contains(">1.5<") && svg.contains("since epoch 77"), "{svg}");
    }

    #[test]
    fn pictures_show_no_more_than_there_is() {
        assert_eq!(short("1.5"), "1.5");
        assert_eq!(short("1.123456789999999999"), "1.1234567899…");
        assert_eq!(short("12345678901.5"), "12345678901…");
        assert_eq!(short("1234567890123456"), "1234567890123456");
    }

    proptest! {
        #[test]
        fn base64_is_everybody_elses(data: Vec<u8>) {
            prop_assert_eq!(base64(&data), BASE64_STANDARD.encode(&data));
        }
    }
}
