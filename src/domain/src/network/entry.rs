//! The forms of mentors and of questions as typed, and their parsed values.
use chrono::NaiveDate;
use codes::{CompanySize, Industry};

use crate::{
    intake::{
        application::{Mistakes, Reading, is_ticked},
        company::{Choice, Headcount},
        contact::EmailAddress,
    },
    prefecture::Prefecture,
    text::{Prose, TextLine, amount, optional},
};

/// The most questions that a mentor takes in a month.
pub const MOST_A_MONTH: u16 = 20;

/// The most topics of a mentor, and the length of the longest one in characters.
const MOST_TOPICS: usize = 10;
const LONGEST_TOPIC: usize = 60;

/// The text of every field of a mentor, unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MentorForm {
    pub name: String,
    pub industry: String,
    pub employees: String,
    pub prefecture: String,
    pub topics: String,
    pub a_month: String,
    pub open_from: String,
    pub open_until: String,
    pub contact_name: String,
    pub email: String,
    pub consent: String,
}

/// The data of a mentor. Name, industry, size band, prefecture and topics are public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MentorEntry {
    pub name: TextLine,
    pub industry: Industry,
    pub employees: Headcount,
    pub prefecture: Prefecture,
    pub topics: Vec<TextLine>,
    /// The number of questions that are passed on in a month.
    pub a_month: u16,
    /// The first and the last day on which questions are passed on; `None` if there is no such day.
    pub open_from: Option<NaiveDate>,
    pub open_until: Option<NaiveDate>,
    pub contact_name: TextLine,
    pub email: EmailAddress,
}

/// The text of every field of a question, unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuestionForm {
    pub company_name: String,
    pub industry: String,
    pub size: String,
    pub prefecture: String,
    pub contact_name: String,
    pub email: String,
    pub text: String,
    pub consent: String,
}

/// The data of a question. A mentor reads the text, industry, size band and prefecture, and nothing else before both sides
/// agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionEntry {
    pub company_name: TextLine,
    pub industry: Industry,
    pub size: CompanySize,
    pub prefecture: Prefecture,
    pub contact_name: TextLine,
    pub email: EmailAddress,
    pub text: Prose,
}

impl MentorEntry {
    /// Parses the form. A change keeps the address and needs no consent. Returns all mistakes at once.
    pub fn parse(form: &MentorForm, is_change: bool) -> Result<Self, Mistakes> {
        let mut reading = Reading::default();
        let name = reading.take("name", TextLine::parse("企業・団体の名称", &form.name, 120));
        let industry = reading.take("industry", Industry::parse(&form.industry));
        let employees = reading.take("employees", Headcount::parse("従業員数", &form.employees));
        let prefecture = reading.take("prefecture", Prefecture::parse(&form.prefecture));
        let topics = reading.take("topics", topics(&form.topics));
        let a_month = reading.take("a_month", a_month(&form.a_month));
        let open_from = reading.take("open_from", day(&form.open_from));
        let open_until = reading.take("open_until", day(&form.open_until));
        if let (Some(Some(from)), Some(Some(until))) = (open_from, open_until)
            && until < from
        {
            reading.note("open_until", "受付の最後の日は、最初の日以降にしてください");
        }
        let contact_name =
            reading.take("contact_name", TextLine::parse("担当者のお名前", &form.contact_name, 60));
        let email = reading.take("email", EmailAddress::parse(&form.email));
        if !is_change && !is_ticked(&form.consent) {
            reading.note("consent", "内容を確認し、同意する場合はチェックしてください");
        }
        match (name, industry, employees, prefecture, topics, a_month, contact_name, email) {
            (
                Some(name),
                Some(industry),
                Some(employees),
                Some(prefecture),
                Some(topics),
                Some(a_month),
                Some(contact_name),
                Some(email),
            ) if reading.mistakes.is_empty() => Ok(Self {
                name,
                industry,
                employees,
                prefecture,
                topics,
                a_month,
                open_from: open_from.flatten(),
                open_until: open_until.flatten(),
                contact_name,
                email,
            }),
            _ => Err(reading.mistakes),
        }
    }

    /// Returns the size band that is public.
    pub fn size(&self) -> CompanySize {
        CompanySize::of(self.employees.get())
    }

    /// Returns whether questions are passed on on this day.
    pub fn is_open(&self, today: NaiveDate) -> bool {
        self.open_from.is_none_or(|it| it <= today) && self.open_until.is_none_or(|it| today <= it)
    }
}

impl QuestionEntry {
    /// Parses the form. Returns all mistakes at once.
    pub fn parse(form: &QuestionForm) -> Result<Self, Mistakes> {
        let mut reading = Reading::default();
        let company_name =
            reading.take("company_name", TextLine::parse("会社・団体の名称", &form.company_name, 120));
        let industry = reading.take("industry", Industry::parse(&form.industry));
        let size = CompanySize::from_code(&form.size).ok_or("従業員数を選択してください");
        let size = reading.take("size", size);
        let prefecture = reading.take("prefecture", Prefecture::parse(&form.prefecture));
        let contact_name = reading.take("contact_name", TextLine::parse("お名前", &form.contact_name, 60));
        let email = reading.take("email", EmailAddress::parse(&form.email));
        let text = reading.take("text", Prose::parse("質問", &form.text, 2_000));
        if !is_ticked(&form.consent) {
            reading.note("consent", "内容を確認し、同意する場合はチェックしてください");
        }
        match (company_name, industry, size, prefecture, contact_name, email, text) {
            (
                Some(company_name),
                Some(industry),
                Some(size),
                Some(prefecture),
                Some(contact_name),
                Some(email),
                Some(text),
            ) if reading.mistakes.is_empty() => {
                Ok(Self { company_name, industry, size, prefecture, contact_name, email, text })
            }
            _ => Err(reading.mistakes),
        }
    }
}

/// Returns a text in which mail addresses are masked: neither side hears the other's before both agree.
pub fn without_addresses(text: &str) -> String {
    let is_of_address = |it: char| it.is_ascii_alphanumeric() || "@._%+-".contains(it);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|it| !is_of_address(it)).unwrap_or(rest.len());
        if end == 0 {
            shown.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(end);
        let is_address =
            word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        shown.push_str(if is_address { "（メールアドレス）" } else { word });
        rest = after;
    }
    shown
}

fn topics(typed: &str) -> Result<Vec<TextLine>, String> {
    let lines = typed.lines().filter(|it| !it.trim().is_empty());
    let lines =
        lines.map(|it| TextLine::parse("答えられること", it, LONGEST_TOPIC).map_err(|why| why.to_string()));
    let all: Vec<_> = lines.collect::<Result<_, _>>()?;
    match all.len() {
        0 => Err("答えられることを、1行に1つずつ入力してください".to_owned()),
        1..=MOST_TOPICS => Ok(all),
        _ => Err(format!("答えられることは{MOST_TOPICS}個までにしてください")),
    }
}

fn a_month(typed: &str) -> Result<u16, String> {
    let number = amount(typed).parse().ok().filter(|it| (1..=MOST_A_MONTH).contains(it));
    number.ok_or_else(|| format!("1か月の質問の数は、1から{MOST_A_MONTH}までの数字で入力してください"))
}

fn day(typed: &str) -> Result<Option<NaiveDate>, &'static str> {
    optional(typed, |it| it.trim().parse().map_err(|_| "日付は、実在する年月日を入力してください"))
}
