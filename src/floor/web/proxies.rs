//! Whose address a request comes from, when a proxy stands before the service.

use std::net::{IpAddr, SocketAddr};
use std::sync::Once;

use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

/// The proxies whose word is taken. None by default: everybody can write a header.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<IpNet>);

/// A network (`10.0.0.0/8`) or a single address.
pub fn parse(text: &str) -> Result<IpNet, String> {
    text.parse().or_else(|_| text.parse().map(|address: IpAddr| IpNet::from(address))).map_err(|_| format!("{text} is neither an address nor a network"))
}

/// What is counted as one caller without a name: of IPv6 the first half, which one household has all of.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

impl Proxies {
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// The client's address: the peer's, or when the peer is a trusted proxy, the last entry of `X-Forwarded-For` that
    /// no trusted proxy wrote about itself. What is no address ends the search: nothing before it can be believed.
    pub fn client(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let mut client = peer?.ip().to_canonical();
        if !self.trusts(client) && headers.contains_key("x-forwarded-for") {
            static TOLD: Once = Once::new();
            TOLD.call_once(|| tracing::warn!(proxy = %client, "X-Forwarded-For of a peer that is no trusted proxy: if it is yours, name it with --trusted-proxy, else all callers share one address"));
        }
        let lines: Vec<&str> = headers.get_all("x-forwarded-for").filter_map(|line| line.to_str().ok()).collect();
        let mut hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
        while self.trusts(client) {
            let Some(hop) = hops.next().and_then(|hop| hop.trim().parse::<IpAddr>().ok()) else { break };
            client = hop.to_canonical();
        }
        Some(client)
    }

    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn believes_trusted_proxies_alone() {
        let trusted = Proxies::new(vec![parse("10.0.0.0/8").expect("a network"), parse("192.0.2.7").expect("an address")]);
        let client = |proxies: &Proxies, peer: &str, forwarded: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append("x-forwarded-for".parse().expect("a name"), line.parse().expect("a value"));
            }
            proxies.client(Some(SocketAddr::new(peer.parse().expect("an address"), 1)), &headers).map(|address| address.to_string())
        };
        let cases: [(&str, &[&str], &str); 6] = [
            ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            ("10.1.1.1", &["198.51.100.1"], "198.51.100.1"),
            ("10.1.1.1", &["1.1.1.1, 198.51.100.1, 192.0.2.7"], "198.51.100.1"),
            ("10.1.1.1", &["1.1.1.1", "198.51.100.2"], "198.51.100.2"),
            ("10.1.1.1", &["nonsense"], "10.1.1.1"),
            ("::ffff:10.1.1.1", &["2001:db8::1"], "2001:db8::1"),
        ];
        for (peer, forwarded, expected) in cases {
            assert_eq!(client(&trusted, peer, forwarded).as_deref(), Some(expected), "{peer} {forwarded:?}");
        }
        assert_eq!(client(&Proxies::default(), "10.1.1.1", &["198.51.100.1"]).as_deref(), Some("10.1.1.1"));
        assert!(parse("10.0.0.0/33").is_err());
    }
}
