//! What stands in for TLS where it is left out: nobody gets as far as a session.

use std::io;
use std::time::Instant;

use super::line::Line;
use super::socket::Got;
use super::stop::Exchange;
use super::trust::Trust;
use crate::error::{Error, Result};

/// The rules by which connections are secured: none.
#[derive(Debug)]
pub(super) struct Rules;

/// A session that cannot be.
pub(super) enum Session {}

/// Refuses a setting that needs TLS where there is none, by its name.
pub(crate) fn needed_by(name: &str) -> Result<()> {
    let why = "needs TLS, which this build of coslink has not (its feature `tls` is off)";
    Err(Error::invalid(name, why))
}

/// None, since every setting that they are made of was refused.
pub(super) fn rules(_: &Trust) -> Result<Rules> {
    Ok(Rules)
}

/// What there is not takes no memory, however much is encrypted at once.
pub(super) const MOST: usize = 0;
pub(super) const AT_ONCE: usize = 64 << 10;

impl Session {
    pub(super) fn open(
        _: &Rules,
        _: &mut Line,
        _: &str,
        _: Instant,
        _: &Exchange,
    ) -> Result<Option<Self>> {
        needed_by("https").map(|()| None)
    }

    pub(super) fn seal(&mut self, _: &[u8]) -> io::Result<usize> {
        match *self {}
    }

    pub(super) fn sealed(&self) -> &[u8] {
        match *self {}
    }

    pub(super) fn fill(
        &mut self,
        _: &mut [u8],
        _: &str,
        _: impl FnMut(&mut [u8]) -> Result<Got>,
    ) -> Result<Got> {
        match *self {}
    }

    pub(super) fn is_unclean(&self) -> bool {
        match *self {}
    }
}
