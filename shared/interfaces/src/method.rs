//! How an interface is declared: once, for dispatch, clients, golden tests, bad-input tests and docs.

use fvm_shared::MethodNum;

/// Who may call a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Anyone; the method may still need the caller to own something.
    Anyone,
    /// The account that deployed the bundle, before wiring only.
    Deployer,
    /// The operator of the miners.
    Operator,
    /// The governance actor.
    Governance,
    /// The operator of the miners, or the governance actor.
    OperatorOrGovernance,
    /// The owner-proxy actor.
    OwnerProxy,
    /// The guardian governance names.
    Guardian,
}

/// A method as data. The bytes of samples are pinned by golden tests, and mutated by the bad-input tests.
#[derive(Debug, Clone, Copy)]
pub struct MethodInfo {
    /// FRC-42 name.
    pub name: &'static str,
    /// FRC-42 number.
    pub number: MethodNum,
    /// Who may call.
    pub caller: Caller,
    /// Takes FIL.
    pub payable: bool,
    /// Changes nothing.
    pub read: bool,
    /// What it does, in a sentence or more.
    pub doc: &'static str,
    /// The type of its parameters, as in this crate.
    pub params: &'static str,
    /// The type it returns, as in this crate.
    pub returns: &'static str,
    /// Encoded sample parameters (empty if it takes none).
    #[cfg(not(target_arch = "wasm32"))]
    pub sample_params: fn() -> Vec<u8>,
    /// Encoded sample return (empty if it returns nothing).
    #[cfg(not(target_arch = "wasm32"))]
    pub sample_return: fn() -> Vec<u8>,
}

/// Declares methods: `/// doc`, then `"Name" Name [change|payable|read] Caller (Params) -> Return;`. Makes one type a method
/// and the list `METHODS`. A first line `with common;` puts the methods all five actors have before them.
macro_rules! methods {
    (with common; $($rest:tt)*) => {
        pub use $crate::common::{GetWiring, Upgrade, Wire};
        $crate::method::methods!(@declare [
            $crate::common::METHODS[0], $crate::common::METHODS[1], $crate::common::METHODS[2],
        ] $($rest)*);
    };
    (@declare [$($common:expr,)*] $(
        $(#[doc = $doc:literal])*
        $text:literal $name:ident [$kind:ident] $caller:ident ($params:ty) -> $return:ty;
    )*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;
            impl peggy_runtime::Method for $name {
                const NAME: &'static str = $text;
                const NUMBER: fvm_shared::MethodNum = frc42_dispatch::method_hash!($text);
                const PAYABLE: bool = $crate::method::methods!(@payable $kind);
                const READ: bool = $crate::method::methods!(@read $kind);
                type Params = $params;
                type Return = $return;
            }
        )*
        /// Every method of this interface.
        pub const METHODS: &[$crate::MethodInfo] = &[$($common,)* $(
            $crate::MethodInfo {
                name: $text,
                number: <$name as peggy_runtime::Method>::NUMBER,
                caller: $crate::Caller::$caller,
                payable: <$name as peggy_runtime::Method>::PAYABLE,
                read: <$name as peggy_runtime::Method>::READ,
                doc: concat!($($doc, "\n"),*),
                params: stringify!($params),
                returns: stringify!($return),
                #[cfg(not(target_arch = "wasm32"))]
                sample_params: $crate::sample::bytes::<$params>,
                #[cfg(not(target_arch = "wasm32"))]
                sample_return: $crate::sample::bytes::<$return>,
            },
        )*];
    };
    (@payable payable) => { true };
    (@payable $kind:ident) => { false };
    (@read read) => { true };
    (@read $kind:ident) => { false };
    ($($rest:tt)*) => {
        $crate::method::methods!(@declare [] $($rest)*);
    };
}
pub(crate) use methods;
