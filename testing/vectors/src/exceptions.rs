//! Calls that the stand-ins answer differently, and why that is.

/// Calls whose names begin in this way, and why they differ. The replay fails if one of them no longer differs.
pub const EXCEPTIONS: &[(&str, &str)] = &[];

/// Why a call may differ, if it may.
pub fn reason(call: &str) -> Option<&'static str> {
    EXCEPTIONS.iter().find(|(prefix, _)| call.starts_with(prefix)).map(|(_, reason)| *reason)
}
