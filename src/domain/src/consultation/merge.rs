//! Whether two cases that are about one request can become one.
use super::Consultation;
use crate::number::CaseNumber;

/// What decides whether a case can take part in a merge.
#[derive(Clone, Copy, Debug)]
pub struct MergedCase<'a> {
    pub consultation: &'a Consultation,
    pub number: CaseNumber,
    /// Whether an expert is asked or has accepted, or a time is held or booked.
    pub is_live: bool,
    pub appointments_done: i32,
    /// Whether other cases were merged into it.
    pub has_absorbed: bool,
}

/// The reasons for which two cases stay two.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeRefused {
    #[error("同じ案件どうしは統合できません。")]
    Same,
    #[error("{0}は、すでにほかの案件に統合されています。")]
    Merged(CaseNumber),
    #[error(
        "{0}には、ほかの案件が統合されています。{0}を残す案件にするか、先にその統合を取り消してください。"
    )]
    HasAbsorbed(CaseNumber),
    #[error("{0}は終了しています。先に{0}を再開するか、続いている案件のほうを残してください。")]
    KeptHasEnded(CaseNumber),
    #[error("{0}では、相談を実施しています。{0}を残す案件にしてください。")]
    HasSessions(CaseNumber),
    #[error("どちらの案件でも、相談を実施しています。企業を統合すると、1つの企業として数えます。")]
    BothHaveSessions,
    #[error("{0}には、専門家への依頼または予約があります。{0}を残す案件にしてください。")]
    IsLive(CaseNumber),
    #[error(
        "{0}と{1}の両方に、専門家への依頼または予約があります。どちらかの予約を取り消すか、案件を終了してから統合してください。"
    )]
    BothAreLive(CaseNumber, CaseNumber),
}

/// Checks that `absorbed` can be merged into `kept`. A case in which a session took place, or with an expert or a time
/// that is still held, can only be the one that stays, so that nothing is lost and nobody is told a thing that is not so.
pub fn check_merge(kept: &MergedCase<'_>, absorbed: &MergedCase<'_>) -> Result<(), MergeRefused> {
    let open = |it: &MergedCase<'_>| it.consultation.state.is_open();
    if kept.consultation.id == absorbed.consultation.id {
        return Err(MergeRefused::Same);
    }
    for it in [kept, absorbed] {
        if it.consultation.merged_into.is_some() {
            return Err(MergeRefused::Merged(it.number));
        }
    }
    if absorbed.has_absorbed {
        return Err(MergeRefused::HasAbsorbed(absorbed.number));
    }
    if absorbed.appointments_done > 0 {
        let both = kept.appointments_done > 0;
        let refused =
            if both { MergeRefused::BothHaveSessions } else { MergeRefused::HasSessions(absorbed.number) };
        return Err(refused);
    }
    if open(absorbed) && absorbed.is_live {
        let both = open(kept) && kept.is_live;
        return Err(if both {
            MergeRefused::BothAreLive(kept.number, absorbed.number)
        } else {
            MergeRefused::IsLive(absorbed.number)
        });
    }
    if open(absorbed) && !open(kept) {
        return Err(MergeRefused::KeptHasEnded(kept.number));
    }
    Ok(())
}
