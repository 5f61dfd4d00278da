//! The addresses of our pages: relative ones for pages and redirects, absolute ones for mails.
use std::borrow::Cow;

use domain::{
    correspondence::outgoing_mail::topic::NotificationTopic,
    id::{DraftId, PublicationId},
    number::CaseNumber,
    publication::PublicationKind,
    statistics::month::EditionMonth,
};

/// Returns the path of the page on which the reader of a replaced mail address objects.
pub fn address_objection(token: &str) -> String {
    format!("/address-objection/{token}")
}

/// Returns the path of a participant's own page. The token gives access to its bearer.
pub fn sign_up(token: &str) -> String {
    format!("/e/{token}")
}

/// The topic in the address with which a registrant of a telework month stops announcements.
pub const OUTREACH: &str = "outreach";

/// Returns the path of a registrant's own page. The token gives access to its bearer.
pub fn registration(token: &str) -> String {
    format!("/m/{token}")
}

/// Returns the path of the page with which a registrant stops announcements.
pub fn stop_outreach(token: &str) -> String {
    format!("/u/{OUTREACH}/{token}")
}

/// Returns the path of the page on which editors see the registrations for a telework month.
pub fn campaign_desk(id: PublicationId) -> String {
    format!("/staff/month/{id}")
}

/// Returns the path of the page of an edition of the statistics.
pub fn edition(month: EditionMonth) -> String {
    format!("/stats/editions/{}", month.code())
}

/// Returns the path of the page on which editors see the answers to a survey.
pub fn survey_desk(id: PublicationId) -> String {
    format!("/staff/surveys/{id}")
}

/// Returns the path of the page on which a survey is answered. The token gives access to its bearer.
pub fn survey_response(token: &str) -> String {
    format!("/q/{token}")
}

/// Returns the path at which a recipient begins to answer a survey. The code gives access to its bearer.
pub fn survey_answer(number: i32, code: &str) -> String {
    format!("/surveys/{number}/answer?code={code}")
}

/// Returns the path of a mentor's own page. The token gives access to its bearer, here and in the next two.
pub fn mentor(token: &str) -> String {
    format!("/network/mentor/{token}")
}

/// Returns the path of the page of a person who asks a mentor.
pub fn network_question(token: &str) -> String {
    format!("/network/question/{token}")
}

/// Returns the path of the page on which a mentor answers.
pub fn network_answer(token: &str) -> String {
    format!("/network/answer/{token}")
}

/// The path of the page on which the center sees the network.
pub const NETWORK_DESK: &str = "/staff/network";

/// The path of the page on which the center sees reports of doubtful requests.
pub const DOUBTS: &str = "/staff/doubts";

/// Returns the address of the page on which an editor adds the files of a publication.
pub fn publication_files(id: PublicationId) -> String {
    format!("/staff/files/{id}")
}

/// Returns the path of the page on which editors see the participants of an event.
pub fn event_desk(id: PublicationId) -> String {
    format!("/staff/events/{id}")
}

/// The public address of the service: `https://soudan.example.jp`, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site(String);

impl Site {
    pub fn new(public_url: &str) -> Self {
        Self(public_url.trim_end_matches('/').to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Returns the absolute address of a path that starts with a slash.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Returns the link that signs a company's contact in, or confirms its address.
    pub fn link(&self, token: &str) -> String {
        self.absolute(&format!("/l/{token}"))
    }

    /// Returns a text in which our addresses are cut after the host: links in mails give access to their bearer, and
    /// mails are quoted. A link that a mail filter has wrapped is cut as well.
    pub fn without_links(&self, text: &str) -> String {
        let host = self.0.split_once("://").map_or(&*self.0, |(_, it)| it).to_ascii_lowercase();
        let lower = text.to_ascii_lowercase();
        let (mut shown, mut at) = (String::new(), 0);
        while let Some(found) = lower[at..].find(&host).filter(|_| !host.is_empty()) {
            let end = at + found + host.len();
            shown.push_str(&text[at..end]);
            at = end;
            let rest = &text[end..];
            if rest.starts_with(['/', '%', '?', '_']) {
                let is_over = |it: char| !it.is_ascii_graphic() || matches!(it, '<' | '>' | '"');
                at += rest.find(is_over).unwrap_or(rest.len());
                shown.push_str("/…");
            }
        }
        shown + &text[at..]
    }

    /// Returns the first address of ours in a text that has a path, with the text before and after it.
    pub fn next_own<'a>(&self, text: &'a str) -> Option<(&'a str, &'a str, &'a str)> {
        let (before, from) = text.split_at(text.find(&format!("{}/", self.0))?);
        let (address, after) = from.split_at(from.find(|it| !is_of_address(it)).unwrap_or(from.len()));
        Some((before, address, after))
    }

    /// Returns a text of ours in which `mask` replaces every address that gives access to its bearer. Addresses of
    /// pages that require sign-in or are public stay.
    pub fn without_open_links(&self, text: &str, mask: &str) -> String {
        let (mut shown, mut rest) = (String::with_capacity(text.len()), text);
        while let Some((before, address, after)) = self.next_own(rest) {
            shown.push_str(before);
            let path = address.strip_prefix(&self.0).unwrap_or_default();
            shown.push_str(if asks_who(path) { address } else { mask });
            rest = after;
        }
        shown + rest
    }

    /// Returns the link with which an expert answers a request.
    pub fn answer(&self, token: &str) -> String {
        self.absolute(&format!("/a/{token}"))
    }

    /// Returns the link with which a company answers a follow-up question.
    pub fn follow_up(&self, token: &str) -> String {
        self.absolute(&format!("/f/{token}"))
    }

    /// Returns the link with which a company answers the offer of an earlier time.
    pub fn earlier_time(&self, token: &str) -> String {
        self.absolute(&format!("/o/{token}"))
    }

    /// Returns the link with which an account stops mails of a topic.
    pub fn unsubscribe(&self, topic: NotificationTopic, token: &str) -> String {
        self.absolute(&format!("/u/{}/{token}", topic.code()))
    }

    /// Returns the link with which an account sets its password.
    pub fn set_password(&self, token: &str) -> String {
        self.absolute(&format!("/staff/set-password/{token}"))
    }
}

fn is_of_address(it: char) -> bool {
    it.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(it)
}

/// Returns whether the page at a path is public or requires sign-in. Any other page may give more access to the bearer
/// of its address.
fn asks_who(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut parts = path.trim_start_matches('/').split('/');
    let is_plain = !path.contains("..") && !path.contains("//") && !path.contains('%');
    let asks = match parts.next() {
        Some("staff") => parts.next() != Some("set-password"),
        Some("expert" | "desk" | "admin" | "my" | "stats") => true,
        Some("news" | "guide" | "cases" | "awards" | "events" | "events.ics" | "events.atom" | "month") => {
            true
        }
        Some("network") => parts.next().is_none(),
        // The page on which a survey is answered may have a code in its query.
        Some("surveys") => parts.nth(1).is_none(),
        Some("" | "apply" | "login" | "help" | "privacy" | "search") => parts.next().is_none(),
        _ => false,
    };
    is_plain && asks
}

/// Decodes percent-encoding; a `%` without two digits stands for itself. Returns `None` if the bytes are no UTF-8.
pub fn percent_decoded(text: &[u8]) -> Option<String> {
    percent_encoding::percent_decode(text).decode_utf8().ok().map(Cow::into_owned)
}

/// Encodes a value of an address's query.
pub fn percent_encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Returns the path of an unfinished application, at its next step. It is secret: its bearer may edit the application.
pub fn draft(id: DraftId) -> String {
    format!("/apply/{id}")
}

/// Returns the public path of a publication. It never changes.
pub fn publication(kind: PublicationKind, number: i32) -> String {
    format!("/{}/{number}", kind.code())
}

/// Returns the path of the company's page for a consultation.
pub fn my(number: &CaseNumber) -> String {
    format!("/my/{number}")
}

/// Returns the path of the center's page for a consultation.
pub fn staff(number: &CaseNumber) -> String {
    format!("/staff/consultations/{number}")
}

/// Returns the path of the expert's page for a consultation.
pub fn expert(number: &CaseNumber) -> String {
    format!("/expert/consultations/{number}")
}

#[cfg(test)]
mod tests;
