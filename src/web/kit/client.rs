//! The client address of a request.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::HttpRequest;

use crate::config::Network;

/// Returns the client's address. `X-Forwarded-For` is trusted only as far as our own proxies' networks have
/// added to it.
pub fn address(req: &HttpRequest, proxies: &[Network]) -> IpAddr {
    let peer = req.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |it| it.ip());
    let forwarded = req.headers().get_all("x-forwarded-for").filter_map(|it| it.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|it| it.split(',')).map(str::trim).collect();
    nearest_stranger(peer, &hops, proxies)
}

/// The headers by which a proxy tells for whom it asks.
const FORWARDING: [&str; 6] =
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

/// Returns whether a request comes from this machine or from a network of our proxies, and for no other person: a
/// neighbour that is not one of our proxies may ask for itself alone, and a proxy has to say for whom it asks.
pub fn is_operator(req: &HttpRequest, proxies: &[Network]) -> bool {
    let ours = |it: IpAddr| proxies.iter().any(|network| network.contains(it));
    let client = address(req, proxies);
    let is_forwarded = FORWARDING.iter().any(|it| req.headers().contains_key(*it));
    let is_said = req.headers().contains_key("x-forwarded-for");
    let by_proxy = req.peer_addr().is_some_and(|it| ours(it.ip()));
    (client.is_loopback() || ours(client)) && (!is_forwarded || by_proxy && is_said)
}

/// Returns the network of an address as daily limits count it: a /24 for IPv4, a /64 for IPv6.
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(it) => format!("{}/24", Ipv4Addr::from_bits(it.to_bits() & !0xff)),
        IpAddr::V6(it) => format!("{}/64", Ipv6Addr::from_bits(it.to_bits() & !u128::from(u64::MAX))),
    }
}

/// Returns the first address, going back hop by hop from the peer, that is not one of our proxies.
fn nearest_stranger(peer: IpAddr, hops: &[&str], proxies: &[Network]) -> IpAddr {
    let ours = |it: IpAddr| proxies.iter().any(|network| network.contains(it));
    let mut client = peer;
    for hop in hops.iter().rev() {
        let Ok(address) = hop.parse::<IpAddr>() else { break };
        if !ours(client) {
            break;
        }
        client = address;
    }
    client.to_canonical()
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{nearest_stranger, network};

    #[test]
    fn neighbours_share_a_network() {
        let check = |address: &str| network(address.parse().unwrap());
        assert_eq!(check("203.0.113.9"), "203.0.113.0/24");
        assert_eq!(check("::ffff:203.0.113.250"), "203.0.113.0/24");
        assert_eq!(check("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_ne!(check("2001:db8:1:2::1"), check("2001:db8:1:3::1"));
    }

    #[test]
    fn only_our_own_proxies_are_believed() {
        let check = |peer: &str, hops: &[&str]| {
            let proxies = ["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
            nearest_stranger(peer.parse::<IpAddr>().unwrap(), hops, &proxies).to_string()
        };
        assert_eq!(check("203.0.113.9", &[]), "203.0.113.9");
        assert_eq!(check("203.0.113.9", &["192.0.2.1"]), "203.0.113.9", "a stranger's header");
        assert_eq!(check("10.0.0.1", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(check("10.0.0.1", &["198.51.100.7", "192.0.2.1"]), "192.0.2.1", "the client's own header");
        assert_eq!(check("::1", &["192.0.2.1", "10.2.2.2"]), "192.0.2.1");
        assert_eq!(check("10.0.0.1", &["192.0.2.1", "unknown"]), "10.0.0.1");
    }
}
