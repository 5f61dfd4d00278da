//! Files of registrations: the columns, reading them with all their faults, and writing them.
use domain::{
    campaign::{RegistrantKind, RegistrationEntry, RegistrationForm, RegistrationStatus},
    intake::{
        application::Intake,
        company::{Headcount, TeleworkStatus},
    },
    text::{TextLine, text_key},
    wording::table_date_time,
};

use crate::{
    store::campaign::registration::Registration,
    web::kit::{
        csv_file::{
            self, BadImportFile, FORMULA, FileColumn, FileRow, industry_code, parts, prefecture_code,
        },
        form::FieldErrors,
        registration_form,
    },
};

/// The columns that a file may have, each with the name of its field, and whether a file must have it.
pub const COLUMNS: [FileColumn; 14] = [
    ("状態", "status", false),
    ("登録する方", "kind", true),
    ("名称", "name", true),
    ("フリガナ", "kana", true),
    ("法人番号", "corporate_number", false),
    ("都道府県", "prefecture", true),
    ("業種", "industry", true),
    ("従業員数", "employees", false),
    ("予定している活動", "activity", false),
    ("テレワーク導入状況", "telework_status", true),
    ("テレワークをしている人数", "teleworkers", false),
    ("担当者のお名前", "contact_name", false),
    ("メールアドレス", "email", false),
    ("電話番号", "phone", false),
];

/// The columns that a file of ours has beside them. They are left out when it is read.
const MORE: [&str; 9] = [
    "登録番号",
    "一覧の名称",
    "受付日時",
    "決定日時",
    "規約の版",
    "規約に同意した日時",
    "ご案内の希望の版",
    "ご案内を希望した日時",
    "ご案内を停止した日時",
];

/// One row of a file.
#[derive(Clone, Debug)]
pub struct RegistrationRow {
    /// The number of its line in the file; the first is 1.
    pub line: u64,
    pub name: String,
    /// The data, or everything that is wrong with them.
    pub read: Result<RegistrationEntry, Vec<String>>,
}

/// Returns the rows of a text, each with its data or all its faults.
pub fn rows(text: &str, activities: &[TextLine]) -> Result<Vec<RegistrationRow>, BadImportFile> {
    let rows = csv_file::rows(text, &COLUMNS)?;
    Ok(rows.into_iter().map(|it| row(it, activities)).collect())
}

fn row(it: FileRow, activities: &[TextLine]) -> RegistrationRow {
    let (mut form, mut faults) = (RegistrationForm::default(), Vec::new());
    for (name, cell) in it.cells {
        add(name, plain(&cell), &mut form, &mut faults);
    }
    let mut errors = FieldErrors::default();
    let entry = registration_form::parse(&form, activities, Intake::OnBehalf, &mut errors);
    faults.extend(errors.iter().map(|it| it.message.clone()));
    let read = entry.filter(|_| faults.is_empty()).ok_or(faults);
    RegistrationRow { line: it.line, name: form.name, read }
}

/// Adds a cell to the form. Words become the codes that the form has.
fn add(name: &str, cell: &str, form: &mut RegistrationForm, faults: &mut Vec<String>) {
    let own = || cell.to_owned();
    match name {
        "status" if !cell.is_empty() && cell != RegistrationStatus::Approved.label() => {
            faults.push(format!("状態が「{cell}」の行は、取り込めません"));
        }
        "kind" => form.kind = code_of(&RegistrantKind::ALL.map(|it| (it.code(), it.label())), cell),
        "telework_status" => {
            form.telework_status = code_of(&TeleworkStatus::ALL.map(|it| (it.code(), it.label())), cell);
        }
        "prefecture" => form.prefecture = prefecture_code(cell),
        "industry" => form.industry = industry_code(cell),
        "activity" => form.activity.extend(parts(cell).map(str::to_owned)),
        "name" => form.name = own(),
        "kana" => form.kana = own(),
        "corporate_number" => form.corporate_number = own(),
        "employees" => form.employees = own(),
        "teleworkers" => form.teleworkers = own(),
        "contact_name" => form.contact_name = own(),
        "email" => form.email = own(),
        "phone" => form.phone = own(),
        _ => {}
    }
}

/// Returns the code of a value that is named by its label; the cell itself if it names none.
fn code_of(all: &[(&'static str, &'static str)], cell: &str) -> String {
    let named = all.iter().find(|(_, label)| text_key(label) == text_key(cell));
    named.map_or_else(|| cell.to_owned(), |(code, _)| (*code).to_owned())
}

/// Returns a cell without the apostrophe that keeps it from being a formula.
fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|it| it.starts_with(FORMULA)).unwrap_or(cell)
}

/// Writes registrations as a file that `rows` can read.
pub fn write(all: &[Registration]) -> Result<Vec<u8>, csv::Error> {
    let head = COLUMNS.iter().map(|(label, ..)| *label).chain(MORE);
    csv_file::written(head, all.iter().map(|it| cells(it).collect()))
}

fn cells(it: &Registration) -> impl Iterator<Item = String> {
    let entry = &it.entry;
    let count = |it: Option<Headcount>| it.map(|it| it.get().to_string()).unwrap_or_default();
    let at = |it: Option<chrono::DateTime<chrono::Utc>>| it.map(table_date_time).unwrap_or_default();
    let activities: Vec<_> = entry.activities.iter().map(TextLine::as_str).collect();
    let opt_in = it.opt_in.as_ref();
    let cells = [
        it.life.state.status().label().to_owned(),
        entry.kind.label().to_owned(),
        it.life.wanted.name.to_string(),
        it.life.wanted.kana.to_string(),
        entry.corporate_number.map(|it| it.to_string()).unwrap_or_default(),
        entry.prefecture.name().to_owned(),
        it.life.wanted.industry.label().to_owned(),
        count(entry.employees),
        activities.join("、"),
        entry.telework_status.label().to_owned(),
        count(entry.teleworkers),
        entry.contact_name.as_ref().map(ToString::to_string).unwrap_or_default(),
        entry.email.as_ref().map(ToString::to_string).unwrap_or_default(),
        entry.phone.as_ref().map(ToString::to_string).unwrap_or_default(),
        it.number.map(|it| it.to_string()).unwrap_or_default(),
        it.life.listed.as_ref().map(|it| it.name.to_string()).unwrap_or_default(),
        at(Some(it.created_at)),
        at(it.decided.map(|it| it.0)),
        it.rules.map(|it| it.0.to_string()).unwrap_or_default(),
        at(it.rules.map(|it| it.1)),
        opt_in.map(|it| it.version.clone()).unwrap_or_default(),
        at(opt_in.map(|it| it.at)),
        at(opt_in.and_then(|it| it.stopped_at)),
    ];
    cells.into_iter()
}

#[cfg(test)]
mod tests {
    use domain::text::TextLine;

    use super::rows;

    const HEAD: &str =
        "登録する方,名称,フリガナ,都道府県,業種,テレワーク導入状況,予定している活動,メールアドレス,状態\n";

    #[test]
    fn words_and_codes_are_understood_and_every_fault_of_a_row_is_told() {
        let offered = [TextLine::parse("", "社内での周知", 60).unwrap()];
        let file = format!(
            "{HEAD}企業,みほん,ミホン,秋田,\"農業，林業\",導入していない（予定なし）,社内での周知,,登録済み\n\
             company,'=みほん,みほん,05,E,none,,,\n\
             会社,,カナ,秋田,宇宙業,導入,別の活動,x,取下げ\n"
        );
        let rows = rows(&file, &offered).unwrap();
        assert!(rows[0].read.is_ok(), "{:?}", rows[0].read);
        assert_eq!(rows[1].read.as_ref().unwrap().listing.name.as_str(), "=みほん");
        let faults = rows[2].read.as_ref().unwrap_err().join("／");
        for words in ["取下げ", "登録する方", "名称を入力", "業種", "別の活動", "導入状況", "メールアドレス"]
        {
            assert!(faults.contains(words), "{words}: {faults}");
        }
    }
}
