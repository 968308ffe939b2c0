//! A range of addresses, as operators write it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use thiserror::Error;

/// All addresses that begin with the same bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Subnet {
    base: IpAddr,
    bits: u8,
}

/// Why a text is no subnet.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SubnetError {
    /// Neither an address nor an address and a length.
    #[error("{0:?} is not a subnet such as 10.1.0.0/16, fd00:1::/32 or 192.0.2.7")]
    Malformed(String),
    /// More bits than an address has.
    #[error("/{bits} is too long: an address of this kind has {bits_max} bits")]
    TooLong {
        /// What was written.
        bits: u8,
        /// What there is.
        bits_max: u8,
    },
    /// Written less precisely than read: one of the two is a slip.
    #[error("{written} begins before this address: write {meant}")]
    Inside {
        /// What was written.
        written: String,
        /// The subnet that it lies in.
        meant: Subnet,
    },
}

impl Subnet {
    pub(crate) const LOOPBACK_V6: Self = Self { base: IpAddr::V6(Ipv6Addr::LOCALHOST), bits: 128 };

    pub(crate) const fn v4(octets: [u8; 4], bits: u8) -> Self {
        let [a, b, c, d] = octets;
        Self { base: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), bits }
    }

    /// The first three of eight groups; the others are zero.
    pub(crate) const fn v6(groups: [u16; 3], bits: u8) -> Self {
        let [a, b, c] = groups;
        Self { base: IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)), bits }
    }

    /// This machine, as simulators may be called.
    pub const fn loopback() -> [Self; 2] {
        [Self::v4([127, 0, 0, 0], 8), Self::LOOPBACK_V6]
    }

    /// Whether an address belongs to it. An IPv4 address stays one when it is written as IPv6.
    pub fn contains(&self, address: IpAddr) -> bool {
        first_of(address.to_canonical(), self.bits) == self.base
    }
}

/// The first address of the subnet of that length.
fn first_of(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(bits.into())).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & mask))
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(bits.into())).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
        }
    }
}

impl FromStr for Subnet {
    type Err = SubnetError;

    fn from_str(text: &str) -> Result<Self, SubnetError> {
        let text = text.trim();
        let malformed = || SubnetError::Malformed(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_unparsable| malformed())?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(bits_max), |bits| bits.parse().map_err(|_odd| malformed()))?;
        if bits > bits_max {
            return Err(SubnetError::TooLong { bits, bits_max });
        }
        let meant = Self { base: first_of(address, bits), bits };
        if meant.base == address {
            Ok(meant)
        } else {
            Err(SubnetError::Inside { written: text.to_owned(), meant })
        }
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.bits)
    }
}

impl fmt::Debug for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(text: &str) -> Subnet {
        text.parse().unwrap()
    }

    #[test]
    fn a_subnet_holds_the_addresses_that_begin_like_it() {
        for (text, inside, outside) in [
            ("10.1.0.0/16", "10.1.255.255", "10.2.0.0"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.6"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("10.0.0.0/8", "::ffff:10.9.9.9", "::ffff:11.0.0.0"),
            ("fd00:1::/32", "fd00:1:ffff::1", "fd00:2::1"),
            ("::/0", "2001:db8::1", "10.0.0.1"),
            ("::1", "::1", "::2"),
        ] {
            assert!(subnet(text).contains(inside.parse().unwrap()), "{text} {inside}");
            assert!(!subnet(text).contains(outside.parse().unwrap()), "{text} {outside}");
        }
    }

    #[test]
    fn a_subnet_reads_back_as_it_is_shown() {
        for text in ["10.1.0.0/16", "192.0.2.7/32", "::/0", "fd00:1::/32"] {
            assert_eq!(subnet(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_subnet_is_refused_with_what_to_write() {
        for (text, words) in [
            ("", "\"\" is not a subnet such as"),
            ("10.0.0", "is not a subnet"),
            ("10.0.0.0/a", "is not a subnet"),
            ("hooks.example/8", "is not a subnet"),
            ("10.0.0.0/33", "/33 is too long: an address of this kind has 32 bits"),
            ("10.1.2.3/8", "write 10.0.0.0/8"),
            ("fd00::1/64", "write fd00::/64"),
        ] {
            let refusal = text.parse::<Subnet>().unwrap_err().to_string();
            assert!(refusal.contains(words), "{text}: {refusal}");
        }
    }

    #[test]
    fn the_loopback_subnets_hold_this_machine() {
        let holds =
            |text: &str| Subnet::loopback().iter().any(|s| s.contains(text.parse().unwrap()));
        assert!(holds("127.0.0.1") && holds("127.255.0.3") && holds("::1"));
        assert!(!holds("128.0.0.1") && !holds("::2"));
    }
}
