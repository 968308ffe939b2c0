//! Which addresses belong to the public internet, and what the others are. Names, ports and schemes are reach.rs.

use crate::subnet::Subnet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const METADATA: &str = "an address where clouds serve their machines' secrets";
const RESERVED: &str = "a reserved address";

/// What is not public, the narrower ones first. RFC 6890 and the registries it began; clouds' own addresses.
const INSIDE: &[(Subnet, &str)] = &[
    (Subnet::v4([169, 254, 169, 254], 32), METADATA),
    (Subnet::v4([168, 63, 129, 16], 32), METADATA),
    (Subnet::v4([100, 100, 100, 200], 32), METADATA),
    (Subnet::v4([0, 0, 0, 0], 32), "the unspecified address"),
    (Subnet::v4([0, 0, 0, 0], 8), RESERVED),
    (Subnet::v4([10, 0, 0, 0], 8), "a private address"),
    (Subnet::v4([100, 64, 0, 0], 10), "an address inside a provider's network"),
    (Subnet::v4([127, 0, 0, 0], 8), "a loopback address"),
    (Subnet::v4([169, 254, 0, 0], 16), "a link-local address"),
    (Subnet::v4([172, 16, 0, 0], 12), "a private address"),
    (Subnet::v4([192, 0, 0, 0], 24), RESERVED),
    (Subnet::v4([192, 0, 2, 0], 24), "an address for documentation"),
    (Subnet::v4([192, 88, 99, 0], 24), RESERVED),
    (Subnet::v4([192, 168, 0, 0], 16), "a private address"),
    (Subnet::v4([198, 18, 0, 0], 15), "an address for benchmarks"),
    (Subnet::v4([198, 51, 100, 0], 24), "an address for documentation"),
    (Subnet::v4([203, 0, 113, 0], 24), "an address for documentation"),
    (Subnet::v4([224, 0, 0, 0], 4), "a multicast address"),
    (Subnet::v4([255, 255, 255, 255], 32), "the broadcast address"),
    (Subnet::v4([240, 0, 0, 0], 4), RESERVED),
    (Subnet::v6([0; 3], 128), "the unspecified address"),
    (Subnet::LOOPBACK_V6, "a loopback address"),
    (Subnet::v6([0; 3], 96), "an IPv4 address in a form that is no longer used"),
    (Subnet::v6([0xfc00, 0, 0], 7), "a private address"),
    (Subnet::v6([0xfe80, 0, 0], 10), "a link-local address"),
    (Subnet::v6([0xfec0, 0, 0], 10), "a private address"),
    (Subnet::v6([0xff00, 0, 0], 8), "a multicast address"),
    (Subnet::v6([0x2001, 2, 0], 48), "an address for benchmarks"),
    (Subnet::v6([0x2001, 0xdb8, 0], 32), "an address for documentation"),
    (Subnet::v6([0x3fff, 0, 0], 20), "an address for documentation"),
];

/// Wraps an IPv4 address for a translator (RFC 6052). The prefix of RFC 8215 is of one network only, hence not global.
const NAT64: Subnet = Subnet::v6([0x64, 0xff9b, 0], 96);
/// Wraps the IPv4 address of a router (RFC 3056).
const SIX_TO_FOUR: Subnet = Subnet::v6([0x2002, 0, 0], 16);
/// Wraps the IPv4 addresses of a relay and, inverted, of a machine (RFC 4380).
const TEREDO: Subnet = Subnet::v6([0x2001, 0, 0], 32);
/// Set aside for protocols, of which Teredo is one.
const PROTOCOLS: Subnet = Subnet::v6([0x2001, 0, 0], 23);
/// All that was ever given out to networks.
const GLOBAL: Subnet = Subnet::v6([0x2000, 0, 0], 3);

/// What an address is that is not public, to be read after "leads to".
pub(crate) fn inside(address: IpAddr) -> Option<&'static str> {
    let address = address.to_canonical();
    let known = INSIDE.iter().find(|(subnet, _)| subnet.contains(address));
    match (known, address) {
        (Some((_, what)), _) => Some(what),
        (None, IpAddr::V4(_)) => None,
        (None, IpAddr::V6(wide)) => inside_wide(wide),
    }
}

fn inside_wide(wide: Ipv6Addr) -> Option<&'static str> {
    let address = IpAddr::V6(wide);
    let [_, second, third, fourth, _, _, seventh, eighth] = wide.segments();
    let narrow = |high, low| IpAddr::V4(joined(high, low));
    if NAT64.contains(address) {
        inside(narrow(seventh, eighth))
    } else if SIX_TO_FOUR.contains(address) {
        inside(narrow(second, third))
    } else if TEREDO.contains(address) {
        inside(narrow(third, fourth)).or_else(|| inside(narrow(!seventh, !eighth)))
    } else {
        (PROTOCOLS.contains(address) || !GLOBAL.contains(address)).then_some(RESERVED)
    }
}

fn joined(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}
