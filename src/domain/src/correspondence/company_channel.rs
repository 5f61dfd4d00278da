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

    /// Returns the channel of words that wait until the address to which they go is proved (`is_proved`): until then the
    /// center calls.
    pub const fn once_proved(self, is_proved: bool) -> Self {
        if is_proved { self } else { Self::Telephone }
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

    #[test]
    fn words_that_wait_for_a_proof_are_said_in_a_call_until_then() {
        assert_eq!(CompanyChannel::Mail.once_proved(true), CompanyChannel::Mail);
        assert_eq!(CompanyChannel::Mail.once_proved(false), CompanyChannel::Telephone);
        for is_proved in [true, false] {
            assert_eq!(CompanyChannel::Telephone.once_proved(is_proved), CompanyChannel::Telephone);
        }
    }
}
