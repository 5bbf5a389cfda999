//! Where events may be sent: to public addresses alone, else a webhook would be a hand inside the operator's network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use reqwest::Url;

use crate::error::{Error, Result};
use crate::said;

/// What the operator allows beside https to port 443 of public addresses.
#[derive(Debug, Clone, Default)]
pub struct Allowed {
    /// http, and addresses of private networks: for the demo, and for networks of one's own.
    pub private: bool,
    /// Ports beside 443.
    pub ports: Vec<u16>,
}

/// Networks that are not the public Internet (the IANA special-purpose registries, RFC 6890 and its successors).
const SPECIAL: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/8",
    "100::/64",
    "64:ff9b:1::/48",
    "2001::/23",
    "2001:db8::/32",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
];

/// Whether an address is one of the public Internet. IPv6 forms that carry an IPv4 address are judged by it.
pub fn is_public(address: IpAddr) -> bool {
    let address = match address {
        IpAddr::V6(v6) => carried(v6).map_or(IpAddr::V6(v6), IpAddr::V4),
        v4 @ IpAddr::V4(_) => v4,
    };
    SPECIAL.iter().filter_map(|net| net.parse::<IpNet>().ok()).all(|net| !net.contains(&address))
}

/// The IPv4 address in a mapped or translated one: `::ffff:a.b.c.d`, `64:ff9b::/96` (NAT64), `2002::/16` (6to4).
fn carried(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, _, _, _, g, h] = v6.segments();
    let of = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b) {
        (0x2002, _) => Some(of(b, c)),
        // The well-known prefix alone: what a network's own prefix (64:ff9b:1::/48, RFC 8215) leads to nobody can tell.
        (0x64, 0xff9b) if c == 0 => Some(of(g, h)),
        _ => v6.to_ipv4_mapped(),
    }
}

/// A webhook's address as it was sent, checked as far as it can be without asking the network. Names are looked up, and
/// every address of theirs checked, each time something is sent.
pub fn check(text: &str, allowed: &Allowed) -> Result<Url> {
    let refuse = |code: &'static str, detail| Err(Error::field("/url", code, detail));
    let Ok(url) = Url::parse(text) else {
        return refuse("invalid_url", said!("Không phải địa chỉ URL", "Not a URL"));
    };
    match url.scheme() {
        "https" => {}
        "http" if allowed.private => {}
        _ => return refuse("https_only", said!("Chỉ nhận https", "Only https")),
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return refuse("invalid_url", said!("Không kèm tên, mật khẩu hay phần sau dấu #", "Without a user name, password or fragment"));
    }
    let port = url.port_or_known_default().unwrap_or(0);
    if port != 443 && !allowed.private && !allowed.ports.contains(&port) {
        return refuse("port_not_allowed", said!("Chỉ nhận cổng 443", "Only port 443"));
    }
    // Decimal, octal and hexadecimal spellings of an address were read by the URL parser.
    let literal = match url.host() {
        Some(url::Host::Ipv4(v4)) => Some(IpAddr::V4(v4)),
        Some(url::Host::Ipv6(v6)) => Some(IpAddr::V6(v6)),
        Some(url::Host::Domain(name)) if name.contains('.') || allowed.private => None,
        _ => return refuse("invalid_url", said!("Cần tên miền đầy đủ", "A full domain name is needed")),
    };
    if literal.is_some_and(|address| !allowed.private && !is_public(address)) {
        return refuse("address_not_public", said!("Địa chỉ phải ở Internet công cộng", "The address must be one of the public Internet"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_reached() {
        let hostile = [
            "http://example.com/",
            "ftp://example.com",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0177.0.0.1/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://169.254.169.254/latest/meta-data",
            "https://10.0.0.5/",
            "https://172.16.3.4/",
            "https://192.168.1.1/",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[fe80::1]/",
            "https://[fc00::1]/",
            "https://localhost/",
            "https://metadata/",
            "https://user:pw@example.com/",
            "https://example.com:22/",
            "https://example.com:8443/",
            "https://example.com/#x",
            "https://",
            "//example.com",
            "javascript:alert(1)",
            "https://198.51.100.7/",
            "https://[2001:db8::1]/",
        ];
        for url in hostile {
            assert!(check(url, &Allowed::default()).is_err(), "{url}");
        }
        for url in ["https://example.com/x?y=1", "https://example.com:443/", "https://1.1.1.1/", "https://[2606:4700::1111]/"] {
            assert!(check(url, &Allowed::default()).is_ok(), "{url}");
        }
        let own = Allowed { private: true, ports: vec![] };
        assert!(check("http://127.0.0.1:9/x", &own).is_ok());
        let port = Allowed { private: false, ports: vec![8443] };
        assert!(check("https://example.com:8443/", &port).is_ok());
        assert!(check("https://10.0.0.1:8443/", &port).is_err());
    }
}
