//! The addresses of our pages: relative ones for pages and redirects, absolute ones for mail.
use domain::{id::DraftId, number::CaseNumber, outgoing::topic::Topic};

/// Where the service is reached from outside: `https://soudan.example.jp`, without a slash at the end.
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

    /// The absolute address of a path that starts with a slash.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The link that signs a company in, or confirms its address.
    pub fn link(&self, token: &str) -> String {
        self.absolute(&format!("/l/{token}"))
    }

    /// The link by which an expert answers a request.
    pub fn answer(&self, token: &str) -> String {
        self.absolute(&format!("/a/{token}"))
    }

    /// The link by which a company answers a follow-up.
    pub fn follow_up(&self, token: &str) -> String {
        self.absolute(&format!("/f/{token}"))
    }

    /// The link by which a company answers the offer of an earlier time.
    pub fn earlier_time(&self, token: &str) -> String {
        self.absolute(&format!("/o/{token}"))
    }

    /// The link by which an account stops mails of a topic.
    pub fn unsubscribe(&self, topic: Topic, token: &str) -> String {
        self.absolute(&format!("/u/{}/{token}", topic.code()))
    }

    /// The link by which an account sets its password.
    pub fn set_password(&self, token: &str) -> String {
        self.absolute(&format!("/staff/set-password/{token}"))
    }
}

/// An unfinished application, at the step that is next. Secret: whoever has it may go on writing.
pub fn draft(id: DraftId) -> String {
    format!("/apply/{id}")
}

/// The company's page for one consultation.
pub fn my(number: &CaseNumber) -> String {
    format!("/my/{number}")
}

/// The center's page for one consultation.
pub fn staff(number: &CaseNumber) -> String {
    format!("/staff/consultations/{number}")
}

/// The expert's page for one consultation.
pub fn expert(number: &CaseNumber) -> String {
    format!("/expert/consultations/{number}")
}
