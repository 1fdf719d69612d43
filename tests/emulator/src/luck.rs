//! Faults that strike now and then, the same ones for the same seed.

/// Strikes so many of a hundred.
#[derive(Debug, Clone)]
pub(crate) struct Luck {
    percent: u64,
    state: u64,
}

impl Luck {
    pub(crate) fn new(percent: u64, seed: u64) -> Self {
        // Neighbouring seeds must not begin alike, and zero is where this generator would stay.
        let state = (seed ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9) | 1;
        Self { percent, state }
    }

    pub(crate) fn strikes(&mut self) -> bool {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 33) % 100 < self.percent
    }
}
