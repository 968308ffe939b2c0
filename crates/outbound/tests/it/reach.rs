//! Whom a client of the public reaches, told without looking a name up.

use outbound::{Plaintext, Reach, Subnet, Target};

const PUBLIC: &str = "";
const LOOPBACK: &str = "a loopback address";
const PRIVATE: &str = "a private address";
const LINK_LOCAL: &str = "a link-local address";
const PROVIDER: &str = "a provider's network";
const METADATA: &str = "machines' secrets";
const MULTICAST: &str = "a multicast address";
const DOCUMENTATION: &str = "an address for documentation";
const BENCHMARK: &str = "an address for benchmarks";
const UNSPECIFIED: &str = "the unspecified address";
const BROADCAST: &str = "the broadcast address";
const RESERVED: &str = "a reserved address";
const OLD_FORM: &str = "no longer used";

/// Addresses, and what a client of the public says of them.
pub(crate) const ADDRESSES: &[(&str, &str)] = &[
    // The edges of each range, and what lies beside them.
    ("0.0.0.0", UNSPECIFIED),
    ("0.0.0.1", RESERVED),
    ("0.255.255.255", RESERVED),
    ("1.0.0.0", PUBLIC),
    ("9.255.255.255", PUBLIC),
    ("10.0.0.0", PRIVATE),
    ("10.255.255.255", PRIVATE),
    ("11.0.0.0", PUBLIC),
    ("100.63.255.255", PUBLIC),
    ("100.64.0.0", PROVIDER),
    ("100.100.100.200", METADATA),
    ("100.127.255.255", PROVIDER),
    ("100.128.0.0", PUBLIC),
    ("126.255.255.255", PUBLIC),
    ("127.0.0.1", LOOPBACK),
    ("127.255.255.255", LOOPBACK),
    ("128.0.0.0", PUBLIC),
    ("168.63.129.16", METADATA),
    ("169.253.255.255", PUBLIC),
    ("169.254.0.1", LINK_LOCAL),
    ("169.254.169.254", METADATA),
    ("169.254.170.2", LINK_LOCAL),
    ("169.255.0.0", PUBLIC),
    ("172.15.255.255", PUBLIC),
    ("172.16.0.0", PRIVATE),
    ("172.31.255.255", PRIVATE),
    ("172.32.0.0", PUBLIC),
    ("192.0.0.192", RESERVED),
    ("192.0.1.0", PUBLIC),
    ("192.0.2.1", DOCUMENTATION),
    ("192.88.99.1", RESERVED),
    ("192.167.255.255", PUBLIC),
    ("192.168.0.0", PRIVATE),
    ("192.168.255.255", PRIVATE),
    ("192.169.0.0", PUBLIC),
    ("198.17.255.255", PUBLIC),
    ("198.18.0.0", BENCHMARK),
    ("198.19.255.255", BENCHMARK),
    ("198.20.0.0", PUBLIC),
    ("198.51.100.1", DOCUMENTATION),
    ("203.0.113.255", DOCUMENTATION),
    ("223.255.255.255", PUBLIC),
    ("224.0.0.1", MULTICAST),
    ("239.255.255.255", MULTICAST),
    ("240.0.0.1", RESERVED),
    ("255.255.255.254", RESERVED),
    ("255.255.255.255", BROADCAST),
    ("8.8.8.8", PUBLIC),
    ("::", UNSPECIFIED),
    ("::1", LOOPBACK),
    ("::2", OLD_FORM),
    ("2606:4700::1111", PUBLIC),
    ("2a00:1450:4001::200e", PUBLIC),
    ("3ffe::1", PUBLIC),
    ("100::1", RESERVED),
    ("1fff::1", RESERVED),
    ("4000::1", RESERVED),
    ("5f00::1", RESERVED),
    ("2001:2::1", BENCHMARK),
    ("2001:10::1", RESERVED),
    ("2001:1ff::1", RESERVED),
    ("2001:200::1", PUBLIC),
    ("2001:db8::1", DOCUMENTATION),
    ("3fff:fff::1", DOCUMENTATION),
    ("3fff:1000::1", PUBLIC),
    ("fc00::1", PRIVATE),
    ("fd00:ec2::254", PRIVATE),
    ("fe80::1", LINK_LOCAL),
    ("febf::1", LINK_LOCAL),
    ("fec0::1", PRIVATE),
    ("ff02::1", MULTICAST),
    // IPv4 in another coat: mapped, compatible, NAT64, 6to4, Teredo (whose machine stands inverted), translated.
    ("::ffff:8.8.8.8", PUBLIC),
    ("::ffff:127.0.0.1", LOOPBACK),
    ("::ffff:a9fe:a9fe", METADATA),
    ("::ffff:10.1.2.3", PRIVATE),
    ("::127.0.0.1", OLD_FORM),
    ("::8.8.8.8", OLD_FORM),
    ("64:ff9b::8.8.8.8", PUBLIC),
    ("64:ff9b::127.0.0.1", LOOPBACK),
    ("64:ff9b::169.254.169.254", METADATA),
    ("64:ff9b::1:808:808", RESERVED),
    ("64:ff9b:1::8.8.8.8", RESERVED),
    ("64:ff9b:1:a00::1", RESERVED),
    ("2002:808:808::1", PUBLIC),
    ("2002:7f00:1::1", LOOPBACK),
    ("2002:c0a8:101::", PRIVATE),
    ("2002:a9fe:a9fe::1", METADATA),
    ("2001:0:808:808:0:0:f7f7:f7f7", PUBLIC),
    ("2001:0:808:808:0:0:80ff:fffe", LOOPBACK),
    ("2001:0:a00:1:0:0:f7f7:f7f7", PRIVATE),
    ("::ffff:0:8.8.8.8", RESERVED),
];

/// Hosts as somebody may write them who knows what is refused.
const HOSTS: &[(&str, &str)] = &[
    ("2130706433", LOOPBACK),
    ("0x7f000001", LOOPBACK),
    ("0x7f.1", LOOPBACK),
    ("0X7F.0.0.1", LOOPBACK),
    ("0177.0.0.1", LOOPBACK),
    ("017700000001", LOOPBACK),
    ("127.1", LOOPBACK),
    ("127.0.1", LOOPBACK),
    ("127.0.0.1.", LOOPBACK),
    ("127.0.0.0x1", LOOPBACK),
    ("%31%32%37.0.0.1", LOOPBACK),
    ("１２７.０.０.１", LOOPBACK),
    ("①②⑦.0.0.1", LOOPBACK),
    ("127。0。0。1", LOOPBACK),
    ("0", UNSPECIFIED),
    ("0x0", UNSPECIFIED),
    ("2852039166", METADATA),
    ("0xa9.0xfe.0xa9.0xfe", METADATA),
    ("0251.0376.0251.0376", METADATA),
    ("10.1", PRIVATE),
    ("192.168.257", PRIVATE),
    ("0xffffffff", BROADCAST),
    ("134744072", PUBLIC),
    ("010.8.8.8", PUBLIC),
    ("[0:0:0:0:0:0:0:1]", LOOPBACK),
    ("[::FFFF:7F00:1]", LOOPBACK),
    ("localhost", "a name inside this network"),
    ("LOCALHOST", "a name inside this network"),
    ("localhost.", "a name inside this network"),
    ("ｌｏｃａｌｈｏｓｔ", "a name inside this network"),
    ("app.localhost", "a name inside this network"),
    ("metadata.google.internal", "a name inside this network"),
    ("metadata.google.internal.", "a name inside this network"),
    ("printer.local", "a name inside this network"),
    ("internal", "a name inside this network"),
    ("localhost.example", PUBLIC),
    ("local.example", PUBLIC),
    ("notlocalhost", PUBLIC),
    ("hooks.bank.example", PUBLIC),
    ("127.0.0.1.example", PUBLIC),
    ("bücher.example", PUBLIC),
];

/// The host of a URL with this address.
pub(crate) fn bracketed(address: &str) -> String {
    if address.contains(':') { format!("[{address}]") } else { address.to_owned() }
}

fn public_and(also: &[&str]) -> Reach {
    Reach::Public { also: also.iter().map(|subnet| subnet.parse().unwrap()).collect() }
}

/// What is said of a URL; nothing when it may be called.
fn verdict(url: &str, reach: &Reach) -> String {
    let target = Target::parse(url, Plaintext::Anywhere);
    let target = target.unwrap_or_else(|error| unreachable!("{url}: {error}"));
    target.check_reach(reach).err().unwrap_or_default()
}

fn check(url: &str, reach: &Reach, words: &str) {
    let told = verdict(url, reach);
    assert_eq!(told.is_empty(), words.is_empty(), "{url}: {told:?}");
    assert!(told.contains(words), "{url}: {told}");
}

#[test]
fn an_address_is_refused_for_what_it_is_in_whatever_coat() {
    for (address, words) in ADDRESSES {
        check(&format!("https://{}/hook", bracketed(address)), &public_and(&[]), words);
    }
}

#[test]
fn a_host_is_refused_however_it_is_written() {
    for (host, words) in HOSTS {
        check(&format!("https://{host}/hook"), &public_and(&[]), words);
    }
}

#[test]
fn in_public_only_https_on_ports_of_web_servers_is_spoken() {
    for (url, words) in [
        ("https://hooks.example:443/", PUBLIC),
        ("https://hooks.example:80/", PUBLIC),
        ("https://hooks.example:1024/", PUBLIC),
        ("https://hooks.example:65535/", PUBLIC),
        ("https://hooks.example:1023/", "port 1023 is not for web servers"),
        ("https://hooks.example:25/", "port 25"),
        ("https://hooks.example:0/", "port 0"),
        ("https://8.8.8.8:22/", "port 22"),
        ("http://hooks.example/", "http could be read on its way: use https"),
        ("http://8.8.8.8/", "use https"),
        ("http://10.0.0.1:22/", PRIVATE),
    ] {
        check(url, &public_and(&[]), words);
    }
}

#[test]
fn an_allowed_subnet_excuses_address_name_port_and_scheme_but_only_there() {
    let house = public_and(&["10.1.0.0/16", "fd00:1::/32"]);
    for (url, words) in [
        ("http://10.1.2.3:81/", PUBLIC),
        ("https://[fd00:1::5]:22/", PUBLIC),
        ("https://[::ffff:10.1.2.3]/", PUBLIC),
        ("http://10.2.0.1/", PRIVATE),
        ("http://8.8.8.8/", "use https"),
        ("https://8.8.8.8:22/", "port 22"),
        ("https://127.0.0.1/", LOOPBACK),
        // Where a name leads is seen when it is called.
        ("http://hooks.internal:81/", PUBLIC),
        ("http://hooks.example/", PUBLIC),
    ] {
        check(url, &house, words);
    }
    let simulators = Reach::Public { also: Subnet::loopback().to_vec() };
    check("http://127.0.0.1:8080/", &simulators, PUBLIC);
    check("http://[::1]:8080/", &simulators, PUBLIC);
    check("http://localhost:8080/", &simulators, PUBLIC);
    check("http://192.168.0.1:8080/", &simulators, PRIVATE);
}

#[test]
fn what_the_operator_configured_may_lead_anywhere() {
    for url in ["http://127.0.0.1:22/", "http://localhost/", "https://169.254.169.254/"] {
        check(url, &Reach::Anywhere, PUBLIC);
    }
}
