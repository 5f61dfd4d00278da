//! How an ended consultation ended, in one sentence for each of its readers. An ending does not undo what took place:
//! the sentence says so where an appointment was held.
use super::state::State;
use crate::text::search_key;

/// The reader of the sentence about an ended consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndingReader {
    Company,
    /// The desk that handed the consultation over.
    Desk,
    Expert,
}

/// Returns how the consultation ended; `None` while it is open. `is_held` says whether an appointment took place.
pub fn ending(state: &State, reader: EndingReader, is_held: bool) -> Option<String> {
    use EndingReader::{Company, Desk, Expert};
    let closed = match (reader, is_held) {
        (Company, true) => "ご相談を終了しました。",
        (Desk, true) => "相談を実施したあと、終了しました。",
        (Company | Desk | Expert, _) => "この相談は終了しました。",
    };
    Some(match (state, reader, is_held) {
        (State::Completed, _, true) => "相談はすべて終了しました。".to_owned(),
        (State::Completed, _, false) => "この相談は終了しました。".to_owned(),
        (State::Withdrawn, Company, false) => {
            "申込みを取り下げました。あらためて申し込むことができます。".to_owned()
        }
        (State::Withdrawn, Desk | Expert, false) => "申込みは取り下げられました。".to_owned(),
        (State::Withdrawn, _, true) => closed.to_owned(),
        (State::Unfulfilled { reason }, Company | Desk, false) => {
            format!("今回は相談を実施できませんでした。理由：{}", reason.label())
        }
        (State::Unfulfilled { reason }, Company | Desk, true) => {
            format!("{closed}理由：{}。", reason.label())
        }
        (State::Unfulfilled { .. } | State::Referred { .. }, Expert, _) => closed.to_owned(),
        (State::Referred { organization }, Company | Desk, false) => {
            format!("{organization}をご案内しました。")
        }
        (State::Referred { organization }, Company | Desk, true) => {
            format!("{closed}{organization}をご案内しました。")
        }
        (
            State::Received
            | State::Checking
            | State::WaitingCompany
            | State::Matching
            | State::Scheduling
            | State::Booked
            | State::Consulted
            | State::FollowUp,
            ..,
        ) => return None,
    })
}

/// Returns whether the organisation to which a company was referred is the desk that had handed it over, so that the desk
/// goes on with it.
pub fn leads_back(organization: &str, desk: &str) -> bool {
    let desk = search_key(desk);
    !desk.is_empty() && search_key(organization).contains(&desk)
}

#[cfg(test)]
mod tests {
    use super::{EndingReader, State, ending, leads_back};
    use crate::consultation::UnfulfilledReason;

    /// Checks every ending against whether an appointment took place: an ending after one never says that there was none,
    /// and an ending without one never speaks of it.
    #[test]
    fn an_ending_says_whether_an_appointment_took_place() {
        let reason = UnfulfilledReason::Unreachable;
        let unfulfilled = State::Unfulfilled { reason };
        let referred = State::Referred { organization: "よろず相談所".into() };
        let (company, desk, expert) = (EndingReader::Company, EndingReader::Desk, EndingReader::Expert);
        for (state, reader, without, after) in [
            (&State::Completed, company, "この相談は終了しました。", "相談はすべて終了しました。"),
            (&State::Completed, desk, "この相談は終了しました。", "相談はすべて終了しました。"),
            (&State::Completed, expert, "この相談は終了しました。", "相談はすべて終了しました。"),
            (
                &State::Withdrawn,
                company,
                "申込みを取り下げました。あらためて申し込むことができます。",
                "ご相談を終了しました。",
            ),
            (&State::Withdrawn, desk, "申込みは取り下げられました。", "相談を実施したあと、終了しました。"),
            (&State::Withdrawn, expert, "申込みは取り下げられました。", "この相談は終了しました。"),
            (
                &unfulfilled,
                company,
                "今回は相談を実施できませんでした。理由：連絡がとれない",
                "ご相談を終了しました。理由：連絡がとれない。",
            ),
            (
                &unfulfilled,
                desk,
                "今回は相談を実施できませんでした。理由：連絡がとれない",
                "相談を実施したあと、終了しました。理由：連絡がとれない。",
            ),
            (&unfulfilled, expert, "この相談は終了しました。", "この相談は終了しました。"),
            (
                &referred,
                company,
                "よろず相談所をご案内しました。",
                "ご相談を終了しました。よろず相談所をご案内しました。",
            ),
            (
                &referred,
                desk,
                "よろず相談所をご案内しました。",
                "相談を実施したあと、終了しました。よろず相談所をご案内しました。",
            ),
            (&referred, expert, "この相談は終了しました。", "この相談は終了しました。"),
        ] {
            assert_eq!(ending(state, reader, false).as_deref(), Some(without), "{state:?} {reader:?}");
            assert_eq!(ending(state, reader, true).as_deref(), Some(after), "{state:?} {reader:?}");
        }
    }

    #[test]
    fn an_organization_that_names_the_desk_is_the_desk() {
        assert!(leads_back("みなみ窓口（県庁内）", "みなみ窓口"));
        assert!(!leads_back("よろず相談所", "みなみ窓口"));
        assert!(!leads_back("よろず相談所", ""));
    }

    #[test]
    fn an_open_consultation_has_no_ending() {
        for open in [
            State::Received,
            State::Checking,
            State::WaitingCompany,
            State::Matching,
            State::Scheduling,
            State::Booked,
            State::Consulted,
            State::FollowUp,
        ] {
            for reader in [EndingReader::Company, EndingReader::Desk, EndingReader::Expert] {
                assert_eq!(ending(&open, reader, true).or(ending(&open, reader, false)), None);
            }
        }
    }
}
