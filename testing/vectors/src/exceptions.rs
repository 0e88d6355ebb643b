//! Calls that the stand-ins answer differently, and why that is.

/// Calls whose names begin in this way, and why they differ. The replay fails if one of them no longer differs.
pub const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "init.Exec of a multisig without parameters",
        "the stand-ins have no multisig: its code can't be called, so creating one fails in the VM",
    ),
    (
        "init.Exec of a payment channel without parameters",
        "the stand-ins have no payment channel: its code can't be called, so creating one fails in the VM",
    ),
    (
        "miner.MaxTerminationFee on a network whose estimates move",
        "the stand-ins' estimates of reward and power move by levers only, so the fee is not extrapolated",
    ),
    (
        "power.CurrentTotalPower on a network whose estimates move",
        "the stand-in's estimate of power moves by a lever only and has no velocity",
    ),
];

/// Why a call may differ, if it may.
pub fn reason(call: &str) -> Option<&'static str> {
    EXCEPTIONS.iter().find(|(prefix, _)| call.starts_with(prefix)).map(|(_, reason)| *reason)
}
