//! Decides which machines may be contacted.
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::Failed;
use crate::config::Network;

/// The reason why an address is not contacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the address is not a public one")]
    Inside,
    #[error("the address is public and the way there is not encrypted")]
    Plain,
    #[error("the address is public and the port is not one of those that may be contacted")]
    Port,
    #[error("the name has no address")]
    NoSuchName,
}

impl From<Refused> for Failed {
    fn from(it: Refused) -> Self {
        match it {
            Refused::Inside => Self::Inside,
            Refused::Plain => Self::Plain,
            Refused::Port => Self::Port,
            Refused::NoSuchName => Self::NoSuchName,
        }
    }
}

/// The way to a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Encrypted,
    /// Encrypted, to a port that the operator has not named.
    OtherPort,
    Plain,
}

/// A resolver that returns only addresses that may be contacted. The connection goes to these addresses.
#[derive(Debug)]
pub struct Checked {
    pub allow: Arc<[Network]>,
    pub way: Way,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (allow, way) = (Arc::clone(&self.allow), self.way);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| Refused::NoSuchName)?;
            let mut good: Vec<SocketAddr> = Vec::new();
            let mut refused = Refused::NoSuchName;
            for it in found {
                match check(it.ip(), &allow, way) {
                    Ok(()) => good.push(it),
                    Err(why) => refused = why,
                }
            }
            if good.is_empty() {
                return Err(refused.into());
            }
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

/// Checks whether a machine may be contacted.
pub fn check(address: IpAddr, allow: &[Network], way: Way) -> Result<(), Refused> {
    let address = address.to_canonical();
    if allow.iter().any(|it| it.contains(address)) {
        return Ok(());
    }
    if !is_public(address) {
        return Err(Refused::Inside);
    }
    match way {
        Way::Encrypted => Ok(()),
        Way::OtherPort => Err(Refused::Port),
        Way::Plain => Err(Refused::Plain),
    }
}

/// Returns whether an address is publicly reachable, by the registries of special addresses (RFC 6890 and its
/// updates).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(it) => is_public_v4(it),
        IpAddr::V6(it) => is_public_v6(it),
    }
}

fn is_public_v4(it: Ipv4Addr) -> bool {
    let [a, b, c, _] = it.octets();
    let special = match (a, b, c) {
        // "This network", private, loopback, link-local (including cloud metadata services), multicast,
        // reserved, broadcast.
        (0 | 10 | 127 | 224..=255, ..) | (169, 254, _) | (172, 16..=31, _) | (192, 168, _) => true,
        // Addresses that a provider's customers share.
        (100, 64..=127, _) => true,
        // Protocol assignments, documentation, the old way to IPv6, measuring.
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) => true,
        _ => false,
    };
    !special
}

/// Returns whether an IPv6 address is global unicast (2000::/3), except documentation and addresses that
/// embed IPv4.
fn is_public_v6(it: Ipv6Addr) -> bool {
    let [a, b, ..] = it.segments();
    let global = a & 0xe000 == 0x2000;
    let special = match (a, b) {
        // Teredo and other protocol assignments (2001::/23), documentation, 6to4.
        (0x2001, 0..=0x01ff | 0x0db8) | (0x2002, _) | (0x3fff, 0..=0x0fff) => true,
        _ => false,
    };
    global && !special
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use proptest::prelude::*;

    use super::{Refused, Way, check};
    use crate::config::Network;

    #[test]
    fn only_public_addresses_are_asked() {
        let of = |it: &str| check(it.parse().unwrap(), &[], Way::Encrypted);
        for inside in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
            "3fff::1",
        ] {
            assert_eq!(of(inside), Err(Refused::Inside), "{inside}");
        }
        for public in ["1.1.1.1", "100.63.0.1", "172.32.0.1", "192.0.1.1", "2606:4700::1111", "2400:cb00::1"]
        {
            assert_eq!(of(public), Ok(()), "{public}");
        }
    }

    #[test]
    fn the_operator_may_allow_a_network_and_nothing_beside_it() {
        let allow: Vec<Network> = vec!["127.0.0.0/8".parse().unwrap()];
        let of = |it: &str, way| check(it.parse().unwrap(), &allow, way);
        assert_eq!(of("127.0.0.1", Way::Plain), Ok(()));
        assert_eq!(of("127.0.0.1", Way::OtherPort), Ok(()));
        assert_eq!(of("::ffff:127.0.0.1", Way::Encrypted), Ok(()));
        assert_eq!(of("10.0.0.1", Way::Encrypted), Err(Refused::Inside));
        assert_eq!(of("10.0.0.1", Way::OtherPort), Err(Refused::Inside));
        assert_eq!(of("1.1.1.1", Way::Plain), Err(Refused::Plain));
        assert_eq!(of("1.1.1.1", Way::OtherPort), Err(Refused::Port));
        assert_eq!(of("1.1.1.1", Way::Encrypted), Ok(()));
    }

    proptest! {
        #[test]
        fn an_ipv4_address_in_ipv6_clothes_is_checked_alike(bits in any::<u32>()) {
            let v4 = std::net::Ipv4Addr::from_bits(bits);
            let mapped = IpAddr::V6(v4.to_ipv6_mapped());
            prop_assert_eq!(check(v4.into(), &[], Way::Encrypted), check(mapped, &[], Way::Encrypted));
        }
    }
}
