//! The way by which a company hears what becomes of its consultation.

/// The way by which a company hears. Every sentence that says how a company is told follows it
/// (`docs/spec/lifecycle.md` §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompanyChannel {
    Mail,
    /// The center calls: whatever a mail would have said becomes an item of the calls.
    Telephone,
}

impl CompanyChannel {
    /// Returns the channel of a company that has an address (`has_address`), to which mail arrives (`arrives`).
    pub const fn of(has_address: bool, arrives: bool) -> Self {
        if has_address && arrives { Self::Mail } else { Self::Telephone }
    }

    pub const fn is_mail(self) -> bool {
        matches!(self, Self::Mail)
    }
}

#[cfg(test)]
mod tests {
    use super::CompanyChannel;

    #[test]
    fn a_company_is_called_unless_a_mail_arrives() {
        assert_eq!(CompanyChannel::of(true, true), CompanyChannel::Mail);
        for (has_address, arrives) in [(true, false), (false, true), (false, false)] {
            assert!(!CompanyChannel::of(has_address, arrives).is_mail());
        }
    }
}
