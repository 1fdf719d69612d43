//! Content-MD5 and CRC64.

use md5::{Digest, Md5};

use super::encode;

/// The Content-MD5 of these bytes: base64 of the digest.
pub(crate) fn content_md5(bytes: &[u8]) -> String {
    encode::base64(&Md5::digest(bytes))
}

/// The MD5 of these bytes in 32 hexadecimal digits.
pub(crate) fn hex_md5(bytes: &[u8]) -> String {
    encode::hex(&Md5::digest(bytes))
}

/// A running MD5.
pub(crate) struct RunningMd5(Md5);

impl RunningMd5 {
    pub(crate) fn new() -> Self {
        Self(Md5::new())
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// As in an ETag: 32 hexadecimal digits.
    pub(crate) fn hex(self) -> String {
        encode::hex(&self.0.finalize())
    }

    /// As in Content-MD5: base64.
    pub(crate) fn base64(self) -> String {
        encode::base64(&self.0.finalize())
    }
}

/// A running CRC-64/XZ, which COS calls `crc64ecma`.
#[derive(Clone)]
pub(crate) struct Crc64(crc64fast::Digest);

impl Crc64 {
    pub(crate) fn new() -> Self {
        Self(crc64fast::Digest::new())
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    pub(crate) fn value(&self) -> u64 {
        self.0.sum64()
    }
}

/// The polynomial with the lowest power in the highest bit.
const POLYNOMIAL: u64 = 0xC96C_5795_D787_0F42;

/// The CRC64 of two runs of bytes from the CRC64 of each and the length of the second in bytes.
///
/// A CRC is the remainder of a division of polynomials. Bytes that follow multiply what came before
/// by x^8 each; the XOR with all ones at both ends cancels out in the sum.
pub(crate) fn combine(first: u64, second: u64, second_len: u64) -> u64 {
    multiply(first, power_of_x(u128::from(second_len) * 8)) ^ second
}

/// x^exponent modulo the polynomial, by repeated squaring.
fn power_of_x(mut exponent: u128) -> u64 {
    const ONE: u64 = 1 << 63;
    const X: u64 = 1 << 62;
    let (mut result, mut square) = (ONE, X);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = multiply(result, square);
        }
        square = multiply(square, square);
        exponent >>= 1;
    }
    result
}

fn multiply(a: u64, mut b: u64) -> u64 {
    let mut product = 0;
    for bit in (0..64).rev() {
        if a >> bit & 1 == 1 {
            product ^= b;
        }
        let carry = b & 1;
        b = b >> 1 ^ (POLYNOMIAL * carry);
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combining_lengths_beyond_32_bits_equals_combining_in_steps() {
        let zeros = |mut crc: u64, steps: u32| {
            // Doubling a run of one byte gives 2^steps bytes.
            for step in 0..steps {
                crc = combine(crc, crc, 1 << step);
            }
            crc
        };
        let mut one = Crc64::new();
        one.update(b"a");
        let run = zeros(one.value(), 40);
        let half = zeros(one.value(), 39);
        assert_eq!(combine(half, half, 1 << 39), run);
        assert_eq!(combine(run, 0, 0), run);
    }
}
