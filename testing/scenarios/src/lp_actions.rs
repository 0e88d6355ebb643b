//! What people do with liquidity, by name. Each is one signed message unless its doc says otherwise.

use frc46_token::token::types::TransferParams;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::frc46;
use peggy_interfaces::liquidity::{
    self, AddLiquidityParams, BuySharesParams, GetTotalsReturn, PauseParams, QuoteBuyParams, QuoteBuyReturn,
    QuoteSellParams, QuoteSellReturn, RecycleParams, RemoveLiquidityParams, SellParams, SellReturn, Settings,
};
use peggy_localnet::Key;

use crate::step::Outcome;
use crate::world::World;

impl World {
    /// FIL for LP tokens.
    pub fn add_liquidity(&mut self, who: &Key, value: TokenAmount) -> Outcome {
        self.add_liquidity_for(who, value, TokenAmount::zero())
    }

    /// FIL for at least so many LP tokens.
    pub fn add_liquidity_for(&mut self, who: &Key, value: TokenAmount, min_lp: TokenAmount) -> Outcome {
        let to = self.wiring.liquidity;
        self.call::<liquidity::AddLiquidity>(who, to, &AddLiquidityParams { min_lp }, value)
    }

    /// LP tokens for FIL and shares.
    pub fn remove_liquidity(&mut self, who: &Key, lp: TokenAmount) -> Outcome {
        let none = TokenAmount::zero;
        self.remove_liquidity_for(who, RemoveLiquidityParams { lp, min_fil: none(), min_shares: none() })
    }

    /// LP tokens for at least so much.
    pub fn remove_liquidity_for(&mut self, who: &Key, request: RemoveLiquidityParams) -> Outcome {
        self.call::<liquidity::RemoveLiquidity>(who, self.wiring.liquidity, &request, TokenAmount::zero())
    }

    /// Shares for FIL at once, whatever they bring.
    pub fn sell(&mut self, who: &Key, shares: TokenAmount) -> Outcome {
        self.sell_for(who, shares, TokenAmount::zero(), None)
    }

    /// Shares for FIL at once: at least so much, to whom the sale names.
    pub fn sell_for(&mut self, who: &Key, shares: TokenAmount, min: TokenAmount, to: Option<Address>) -> Outcome {
        let request = self.sale(shares, min, to);
        self.call::<frc46::Transfer>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// The transfer a sale is.
    pub fn sale(&self, shares: TokenAmount, min_out: TokenAmount, recipient: Option<Address>) -> TransferParams {
        let operator_data = RawBytes::serialize(SellParams { min_out, recipient }).expect("parameters encode");
        TransferParams { to: Address::new_id(self.wiring.liquidity), amount: shares, operator_data }
    }

    /// Inventory for FIL.
    pub fn buy_shares(&mut self, who: &Key, value: TokenAmount) -> Outcome {
        self.buy_shares_for(who, value, TokenAmount::zero(), None)
    }

    /// At least so many shares for FIL, to whom the buyer names.
    pub fn buy_shares_for(&mut self, who: &Key, value: TokenAmount, min: TokenAmount, to: Option<Address>) -> Outcome {
        let request = BuySharesParams { min_shares: min, recipient: to };
        self.call::<liquidity::BuyShares>(who, self.wiring.liquidity, &request, value)
    }

    /// Inventory back to the pool.
    pub fn recycle(&mut self, who: &Key, shares: TokenAmount) -> Outcome {
        let request = RecycleParams { shares };
        self.call::<liquidity::Recycle>(who, self.wiring.liquidity, &request, TokenAmount::zero())
    }

    /// The inventory's rewards come in.
    pub fn collect(&mut self, who: &Key) -> Outcome {
        self.call::<liquidity::Collect>(who, self.wiring.liquidity, &(), TokenAmount::zero())
    }

    /// LP tokens to somebody else.
    pub fn move_lp(&mut self, who: &Key, to: Address, amount: TokenAmount) -> Outcome {
        let request = TransferParams { to, amount, operator_data: RawBytes::default() };
        self.call::<frc46::Transfer>(who, self.wiring.liquidity, &request, TokenAmount::zero())
    }

    /// Another discount, by governance.
    pub fn set_discount(&mut self, settings: &Settings) -> Outcome {
        self.govern::<liquidity::SetSettings>(self.wiring.liquidity, settings)
    }

    /// Closes liquidity's intake, by governance.
    pub fn pause_liquidity(&mut self, epochs: i64) -> Outcome {
        self.govern::<liquidity::Pause>(self.wiring.liquidity, &PauseParams { epochs })
    }

    /// Liquidity's books, by its own word.
    pub fn liquidity_totals(&self) -> GetTotalsReturn {
        self.read::<liquidity::GetTotals>(self.wiring.liquidity, &())
    }

    /// What a sale would bring.
    pub fn quote_sell(&self, shares: TokenAmount) -> QuoteSellReturn {
        self.read::<liquidity::QuoteSell>(self.wiring.liquidity, &QuoteSellParams { shares })
    }

    /// What FIL would buy.
    pub fn quote_buy(&self, value: TokenAmount) -> QuoteBuyReturn {
        self.read::<liquidity::QuoteBuy>(self.wiring.liquidity, &QuoteBuyParams { value })
    }

    /// Somebody's LP tokens.
    pub fn lp_of(&self, who: &Key) -> TokenAmount {
        self.seen.liquidity.lp.get(&self.id(who)).cloned().unwrap_or_default()
    }
}

impl Outcome {
    /// What a sale that succeeded was paid, by the answer of the transfer.
    #[track_caller]
    pub fn paid(self) -> TokenAmount {
        let done: frc46_token::token::types::TransferReturn = self.decode();
        done.recipient_data.deserialize::<SellReturn>().expect("a sale answers what it paid").paid
    }
}
