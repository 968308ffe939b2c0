//! Bytes written and read: variable-length integers, texts, and a checksum around it all.

use super::Damage;
use twox_hash::XxHash3_64;

/// Bytes of the checksum at the end.
const SEAL_BYTES: usize = 4;

/// Puts values one after the other.
#[derive(Debug)]
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// Begins with `format`, which tells what follows and in which version.
    pub(super) fn new(format: u8, capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(capacity);
        bytes.push(format);
        Self { bytes }
    }

    pub(super) fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Seven bits a byte, lowest first.
    pub(super) fn uint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(low_seven(value) | 0x80);
            value >>= 7;
        }
        self.bytes.push(low_seven(value));
    }

    /// Small magnitudes are short, whatever their sign.
    pub(super) fn int(&mut self, value: i64) {
        self.uint(((value << 1) ^ (value >> 63)).cast_unsigned());
    }

    /// As [`int`](Self::int), for what an amount's digits may need.
    pub(super) fn wide_int(&mut self, value: i128) {
        let mut zigzag = ((value << 1) ^ (value >> 127)).cast_unsigned();
        while zigzag >= 0x80 {
            self.bytes.push(low_seven_of_wide(zigzag) | 0x80);
            zigzag >>= 7;
        }
        self.bytes.push(low_seven_of_wide(zigzag));
    }

    pub(super) fn len(&mut self, value: usize) {
        self.uint(u64::try_from(value).unwrap_or(u64::MAX));
    }

    /// The bytes with their checksum.
    pub(super) fn seal(mut self) -> Vec<u8> {
        let seal = seal_of(&self.bytes);
        self.bytes.extend_from_slice(&seal);
        self.bytes
    }
}

fn low_seven(value: u64) -> u8 {
    let [low, ..] = value.to_le_bytes();
    low & 0x7f
}

fn low_seven_of_wide(value: u128) -> u8 {
    let [low, ..] = value.to_le_bytes();
    low & 0x7f
}

/// The checksum that sealed bytes end with; it tells them from others.
pub(super) fn seal_at_end(sealed: &[u8]) -> Option<u32> {
    sealed.last_chunk::<SEAL_BYTES>().map(|seal| u32::from_le_bytes(*seal))
}

fn seal_of(bytes: &[u8]) -> [u8; SEAL_BYTES] {
    let [a, b, c, d, ..] = XxHash3_64::oneshot(bytes).to_le_bytes();
    [a, b, c, d]
}

/// Takes values in the order they were put.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    /// Named by errors.
    what: &'static str,
}

impl<'a> Reader<'a> {
    /// Checks the checksum and the format before anything is believed.
    pub(super) fn open(sealed: &'a [u8], format: u8, what: &'static str) -> Result<Self, Damage> {
        let (bytes, seal) = sealed
            .split_last_chunk::<SEAL_BYTES>()
            .ok_or_else(|| Damage::new(format!("a {what} of {} bytes", sealed.len())))?;
        if seal_of(bytes) != *seal {
            return Err(Damage::new(format!("a {what} whose checksum does not agree")));
        }
        match bytes.split_first() {
            Some((found, rest)) if *found == format => Ok(Self { rest, what }),
            Some((found, _)) => Err(Damage::new(format!("a {what} of format {found}"))),
            None => Err(Damage::new(format!("an empty {what}"))),
        }
    }

    /// An error about what is being read.
    pub(super) fn damage(&self, fault: &str) -> Damage {
        Damage::new(format!("a {} {fault}", self.what))
    }

    fn ends_early(&self) -> Damage {
        self.damage("that ends too early")
    }

    pub(super) fn u8(&mut self) -> Result<u8, Damage> {
        let (byte, rest) = self.rest.split_first().ok_or_else(|| self.ends_early())?;
        self.rest = rest;
        Ok(*byte)
    }

    pub(super) fn raw(&mut self, count: usize) -> Result<&'a [u8], Damage> {
        let (bytes, rest) = self.rest.split_at_checked(count).ok_or_else(|| self.ends_early())?;
        self.rest = rest;
        Ok(bytes)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        let (bytes, rest) = self.rest.split_first_chunk::<N>().ok_or_else(|| self.ends_early())?;
        self.rest = rest;
        Ok(*bytes)
    }

    pub(super) fn uint(&mut self) -> Result<u64, Damage> {
        let mut value = 0_u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.u8()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return Err(self.damage("with a number too great"));
            }
            value |= bits << shift;
            if byte < 0x80 {
                return if is_shortest(byte, shift) { Ok(value) } else { Err(self.longer()) };
            }
        }
        Err(self.damage("with a number that does not end"))
    }

    fn longer(&self) -> Damage {
        self.damage("with a number that is longer than it needs")
    }

    pub(super) fn int(&mut self) -> Result<i64, Damage> {
        let zigzag = self.uint()?;
        Ok((zigzag >> 1).cast_signed() ^ (zigzag & 1).cast_signed().wrapping_neg())
    }

    pub(super) fn wide_int(&mut self) -> Result<i128, Damage> {
        let zigzag = self.wide_uint()?;
        Ok((zigzag >> 1).cast_signed() ^ (zigzag & 1).cast_signed().wrapping_neg())
    }

    fn wide_uint(&mut self) -> Result<u128, Damage> {
        let mut value = 0_u128;
        for shift in (0..u128::BITS).step_by(7) {
            let byte = self.u8()?;
            let bits = u128::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return Err(self.damage("with a number too great"));
            }
            value |= bits << shift;
            if byte < 0x80 {
                return if is_shortest(byte, shift) { Ok(value) } else { Err(self.longer()) };
            }
        }
        Err(self.damage("with a number that does not end"))
    }

    pub(super) fn u32(&mut self) -> Result<u32, Damage> {
        let value = self.uint()?;
        u32::try_from(value).map_err(|_wider| self.damage("with a number too great"))
    }

    /// A number of things that follow; each takes a byte at least, so a false one cannot ask for much memory.
    pub(super) fn len(&mut self) -> Result<usize, Damage> {
        let value = self.uint()?;
        usize::try_from(value)
            .ok()
            .filter(|count| *count <= self.rest.len())
            .ok_or_else(|| self.ends_early())
    }

    /// A text of so many bytes.
    pub(super) fn text(&mut self, bytes: usize) -> Result<&'a str, Damage> {
        let bytes = self.raw(bytes)?;
        std::str::from_utf8(bytes).map_err(|_not_text| self.damage("with a text that is none"))
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Nothing may follow.
    pub(super) fn finish(self) -> Result<(), Damage> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.damage("with something after its end")) }
    }
}

/// Whether a number that ends with the byte `last` could not have been written shorter. One number has one form, so what
/// can be read is what was written.
const fn is_shortest(last: u8, shift: u32) -> bool {
    last != 0 || shift == 0
}
