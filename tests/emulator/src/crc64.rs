//! CRC-64/XZ, the checksum in `x-cos-hash-crc64ecma`, and its combination.

use crc::{CRC_64_XZ, Crc, Digest, Table};

static CRC64: Crc<u64, Table<16>> = Crc::<u64, Table<16>>::new(&CRC_64_XZ);

/// x^0 in the bit-reflected notation: the highest bit.
const ONE: u64 = 1 << 63;
/// x^8: what one byte of zeroes multiplies by.
const BYTE: u64 = ONE >> 8;
/// The polynomial without its highest term, bit-reflected.
const POLYNOMIAL: u64 = 0xC96C_5795_D787_0F42;

pub(crate) fn digest() -> Digest<'static, u64, Table<16>> {
    CRC64.digest()
}

/// The CRC-64/XZ of `data`.
pub fn checksum(data: &[u8]) -> u64 {
    CRC64.checksum(data)
}

/// The CRC of `first` followed by `second`, known by their CRCs and the length of the second.
pub fn combine(first: u64, second: u64, second_length: u64) -> u64 {
    let mut shift = ONE;
    let mut base = BYTE;
    let mut left = second_length;
    while left > 0 {
        if left & 1 == 1 {
            shift = multiply(shift, base);
        }
        base = multiply(base, base);
        left >>= 1;
    }
    multiply(first, shift) ^ second
}

/// The CRC of that many zero bytes.
pub(crate) fn zeros(length: u64) -> u64 {
    let (mut crc, mut done) = (0, 0);
    for bit in (0..64).rev() {
        crc = combine(crc, crc, done);
        done *= 2;
        if length >> bit & 1 == 1 {
            crc = combine(crc, CRC64.checksum(&[0]), 1);
            done += 1;
        }
    }
    crc
}

/// The CRC after the lowest bit of the byte with that many bytes behind it was inverted.
pub(crate) fn flipped(crc: u64, behind: u64) -> u64 {
    crc ^ combine(CRC64.checksum(&[0]) ^ CRC64.checksum(&[1]), 0, behind)
}

fn multiply(a: u64, mut b: u64) -> u64 {
    let mut product = 0;
    let mut term = ONE;
    while term != 0 {
        if a & term != 0 {
            product ^= b;
        }
        term >>= 1;
        b = (b >> 1) ^ if b & 1 == 1 { POLYNOMIAL } else { 0 };
    }
    product
}
