//! Stand-in for the placeholder: an f4 address that was sent something before its owner acted. It accepts everything and
//! does nothing, as the official one; the VM replaces it when its owner sends a first message.

/// Accepts any message.
#[cfg(target_arch = "wasm32")]
#[no_mangle]
#[allow(unsafe_code)] // An exported symbol.
pub extern "C" fn invoke(_params: u32) -> u32 {
    0
}
