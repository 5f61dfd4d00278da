//! Phrases that several mails share.
use chrono::{DateTime, Utc};
use domain::{
    aftercare::follow_up::Progress,
    calendar::japan_date,
    consultation::UnfulfilledReason,
    field::{Field, Fields},
    settings::Settings,
    wording::month_day_weekday,
};

use crate::mail::mail_event::SenderContext;

/// Returns the greeting: a person with 様, else a company with 御中, never both.
pub fn greeting(company: &str, person: &str) -> String {
    let company = bare(company);
    let person = bare(person);
    match (company.as_str(), person.as_str()) {
        ("", "") => "ご担当者 様".to_owned(),
        ("", person) => format!("{person} 様"),
        (company, "") => format!("{company} 御中"),
        (company, person) => format!("{company}\n{person} 様"),
    }
}

/// Returns the opening hours, such as 「平日9:00から17:00（祝日・年末年始を除く）」.
pub fn hours(settings: &Settings) -> String {
    let (opens, closes) = (settings.opens_hour, settings.closes_hour);
    format!("平日{opens}:00から{closes}:00（祝日・年末年始を除く）")
}

/// Returns the labels of fields, such as 「ICT、労務管理」.
pub fn fields(fields: Fields) -> String {
    let labels: Vec<_> = fields.iter().map(Field::label).collect();
    labels.join("、")
}

/// Returns names joined, such as 「山田 花子、佐藤 一郎」.
pub fn names(names: &[String]) -> String {
    names.join("、")
}

/// The pages of the portal to which mails lead (`web::company::sign_in`).
pub const MESSAGES: &str = "messages";
pub const SLOTS: &str = "slots";
pub const REPORT: &str = "report";
pub const EXAMPLE: &str = "example";

/// Returns the address that opens the company's portal, with the page to which it leads after the sign-in.
pub fn at_page(portal: &str, page: &str) -> String {
    if portal.contains('?') { format!("{portal}&to={page}") } else { portal.to_owned() }
}

/// Returns the day after `days` business days, such as 「11月26日（木）」.
pub fn in_business_days(sender: &SenderContext<'_>, days: u16) -> String {
    month_day_weekday(sender.calendar.add_business_days(japan_date(sender.now), days))
}

/// Returns `at`, unless it has passed.
pub fn still_ahead(sender: &SenderContext<'_>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (at > sender.now).then_some(at)
}

/// Returns a list with one line each, such as 「・所在地：東京都」.
pub fn bullets(lines: &[String]) -> String {
    let lines: Vec<_> = lines.iter().map(|it| format!("・{it}")).collect();
    lines.join("\n")
}

/// Returns the buttons of a follow-up, one for each answer. Each leads to the address of the question with
/// `?answer=…`.
pub fn choices(answer: &str) -> String {
    let joint = if answer.contains('?') { '&' } else { '?' };
    Progress::ALL.map(|it| format!("▼{}\n{answer}{joint}answer={}", it.label(), it.code())).join("\n\n")
}

/// Returns the help that is available after a consultation that was not fulfilled.
pub const fn help(reason: UnfulfilledReason) -> &'static str {
    match reason {
        UnfulfilledReason::NotEligible => "ほかの公的な相談窓口をご案内できることがあります。",
        UnfulfilledReason::NoSuitableTime => {
            "あらためて申し込むと、新しい日時から選ぶことができます。\n電話で日時をご相談いただくこともできます。"
        }
        UnfulfilledReason::Unreachable => {
            "相談を続けるときは、下記の電話へご連絡ください。\n同じ受付番号で、手続きを再開できます。"
        }
        UnfulfilledReason::NoExpert => {
            "センターの相談員が、電話で一般的なご質問にお答えします。\n時期をおいて、あらためて申し込むこともできます。"
        }
    }
}

/// Marks each line of a person's text as a quotation. Readers cannot mistake it for the words of the mail
/// itself, and it cannot create a button in the HTML.
pub fn quoted(text: &str) -> String {
    let lines: Vec<_> = text.trim().lines().map(|it| format!("> {}", it.trim_end())).collect();
    lines.join("\n")
}

/// Removes blanks at the ends of lines and repeated empty lines.
pub fn tidied(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for line in text.trim().lines().map(str::trim_end) {
        if !(line.is_empty() && tidy.ends_with("\n\n")) {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    tidy
}

/// Returns a name on one line, without the honorific that the greeting adds.
fn bare(name: &str) -> String {
    let name = name.replace(char::is_control, " ");
    let bare = ["様", "御中", "殿"].into_iter().find_map(|it| name.trim().strip_suffix(it));
    bare.unwrap_or(&name).trim().to_owned()
}
