//! Whether a request is sent again, where to, and what is to be put right before.

use std::time::Duration;

use super::Core;
use super::execute::Address;
use crate::endpoint::Place;
use crate::error::{Error, ErrorKind};
use crate::retry::{self, Attempt, RetryPolicy};
use crate::transport::stop::Control;

/// What a request has met so far. Each remedy is tried once: what it does not heal, another time
/// does not either.
pub(super) struct Again<'a> {
    core: &'a Core,
    policy: &'a RetryPolicy,
    control: &'a Control,
    met_stale: bool,
    met_expired: bool,
    met_skew: bool,
    /// Retries taken from the budget.
    pub(super) spent: u32,
    /// Where it goes from now on.
    pub(super) backup: Option<Place>,
}

impl<'a> Again<'a> {
    pub(super) fn new(core: &'a Core, policy: &'a RetryPolicy, control: &'a Control) -> Self {
        Self {
            core,
            policy,
            control,
            met_stale: false,
            met_expired: false,
            met_skew: false,
            spent: 0,
            backup: None,
        }
    }

    /// How long to wait before the next attempt; None when there is none. `id` is who signed.
    pub(super) fn decide(
        &mut self,
        failed: &Attempt<'_>,
        id: &str,
        address: Address<'_>,
    ) -> Option<Duration> {
        let kind = failed.error.kind();
        let is_slow = failed.error.code() == Some("RequestTimeout");
        if is_slow || matches!(kind, ErrorKind::Throttled | ErrorKind::Timeout) {
            self.core.width.narrow();
        }
        if failed.replayable && self.heal(failed.error, id, address) {
            return Some(Duration::ZERO);
        }
        let wait = retry::decide(self.policy, failed)?;
        // The server had closed a kept connection: nothing is wrong, so there is nothing to wait for.
        if !self.met_stale && self.control.facts().is_stale() {
            self.met_stale = true;
            return Some(Duration::ZERO);
        }
        if !self.core.budget.spend() {
            return None;
        }
        self.spent += 1;
        if failed.number + 1 == self.policy.attempts() && is_lost(failed.error) {
            self.switch(address);
        }
        Some(wait)
    }

    /// Whether the reason of a refusal is gone now. A request that was refused was not carried out.
    fn heal(&mut self, error: &Error, id: &str, address: Address<'_>) -> bool {
        if error.code() == Some("ExpiredToken") && !self.met_expired {
            self.met_expired = true;
            return self.core.keyring.forget(id);
        }
        // A signature of somebody else's making cannot be made anew.
        let is_ours = matches!(address, Address::Of(_)) && !id.is_empty();
        if is_ours && !self.met_skew && self.core.clock.learn(error) {
            self.met_skew = true;
            return true;
        }
        let redirects = matches!(error.status(), Some(301 | 302 | 307));
        redirects && error.request_id().is_none() && self.switch(address)
    }

    /// Goes on to the other domain of the service, if there is one that was not tried.
    fn switch(&mut self, address: Address<'_>) -> bool {
        if let Address::Of(place) = address
            && self.core.backup_domain
            && self.backup.is_none()
        {
            self.backup = place.backup();
            return self.backup.is_some();
        }
        false
    }
}

/// Whether there is no sign that the request came as far as the service.
fn is_lost(error: &Error) -> bool {
    let kind = matches!(
        error.kind(),
        ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Service
    );
    kind && error.request_id().is_none()
}
