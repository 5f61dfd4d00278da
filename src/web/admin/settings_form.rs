//! The settings of a fiscal year as a form.
use domain::{
    intake::contact::EmailAddress,
    settings::{RoutingMode, Settings},
    text::{Prose, TextLine, digits, optional},
};

use crate::web::kit::form::{FieldErrors, Fields};

/// A setting that is a number.
pub struct Number {
    pub name: &'static str,
    pub label: &'static str,
    pub unit: &'static str,
    get: fn(&Settings) -> u16,
    /// Sets the number. A number too large for its field becomes one that `Settings::check` refuses.
    set: fn(&mut Settings, u16),
}

/// A setting that is one line of text.
pub struct Text {
    pub name: &'static str,
    pub label: &'static str,
    get: fn(&Settings) -> &str,
    set: fn(&mut Settings, String),
}

pub struct Group {
    pub label: &'static str,
    pub numbers: &'static [Number],
}

macro_rules! number {
    ($name:ident, $label:literal, $unit:literal) => {
        number!($name as stringify!($name), $label, $unit)
    };
    ($name:ident as $field:expr, $label:literal, $unit:literal) => {
        Number {
            name: $field,
            label: $label,
            unit: $unit,
            get: |it| u16::from(it.$name),
            set: |it, n| it.$name = n.try_into().unwrap_or(u8::MAX.into()),
        }
    };
}

macro_rules! text {
    ($name:ident, $label:literal) => {
        Text { name: stringify!($name), label: $label, get: |it| &it.$name, set: |it, line| it.$name = line }
    };
}

pub const GROUPS: &[Group] = &[
    Group {
        label: "期限",
        numbers: &[
            number!(first_contact_days, "最初の連絡", "営業日以内"),
            number!(reply_days, "専門家の回答", "営業日以内"),
            number!(answer_notice_days, "企業に結果を知らせる期限", "営業日前まで（相談の日から）"),
            number!(response_days, "メッセージへの返信", "営業日以内"),
            number!(report_days, "報告書の提出", "日以内（相談の日から）"),
            number!(change_until_hour, "企業が日時を変更できる時刻", "時まで（前の営業日）"),
        ],
    },
    Group {
        label: "支援制度のページ",
        numbers: &[number!(guide_check_days, "確認日からの公開", "日間（過ぎると表示しません）")],
    },
    Group {
        label: "月ごとの集計",
        numbers: &[
            number!(month_closing_day, "月の集計を確定する日", "日（翌月。休業日のときは次の営業日）"),
            number!(edition_comment_days, "センターがコメントできる期間", "営業日（過ぎると公開します）"),
        ],
    },
    Group {
        label: "予約",
        numbers: &[
            number!(notice_days, "最も早い予約", "営業日後から"),
            number!(horizon_days, "予約できる期間", "日先まで"),
            number!(hold_minutes, "申込み中のお取り置き", "分"),
            number!(unconfirmed_hold_hours, "連絡先の確認前のお取り置き", "時間（休業日を除く）"),
            number!(hold_warning_hours, "お取り置きの期限のお知らせ", "時間前（受付時間）"),
            number!(appointment_cap as "session_cap", "1つの企業の相談回数", "回まで（年度ごと）"),
            number!(last_appointment_month as "last_session_month", "最後の相談の月", "月の最終営業日まで"),
        ],
    },
    Group {
        label: "返事がないとき",
        numbers: &[
            number!(first_reminder_days, "企業への1回目のお知らせ", "営業日後"),
            number!(second_reminder_days, "企業への2回目のお知らせ", "営業日後"),
            number!(stalled_days, "対応一覧への表示", "営業日後"),
            number!(proposed_closing_days, "終了の提案", "営業日後"),
            number!(missing_outcome_days, "実施の記録・報告書がないときの対応一覧への表示", "営業日後"),
        ],
    },
    Group {
        label: "相談の時間",
        numbers: &[
            number!(online_minutes, "オンライン相談", "分（15の倍数）"),
            number!(visit_minutes, "訪問相談", "分（15の倍数）"),
            number!(online_buffer_minutes, "オンライン相談の後の空き", "分（15の倍数）"),
            number!(travel_same_prefecture_minutes, "移動（同じ都道府県）", "分（15の倍数）"),
            number!(travel_near_region_minutes, "移動（近くの地域）", "分（15の倍数）"),
            number!(travel_far_minutes, "移動（遠くの地域）", "分（15の倍数）"),
        ],
    },
    Group {
        label: "メールとフォローアップ",
        numbers: &[
            number!(mail_hour, "アンケートと前日のお知らせの時刻", "時"),
            Number {
                name: "follow_up_months",
                label: "1回目のフォローアップ",
                unit: "か月後。フォローアップのページで変更した年度では使いません",
                get: |it| u16::from(it.follow_up_months[0]),
                set: |it, n| it.follow_up_months[0] = n.try_into().unwrap_or(u8::MAX),
            },
            Number {
                name: "follow_up_months_2",
                label: "2回目のフォローアップ",
                unit: "か月後。フォローアップのページで変更した年度では使いません",
                get: |it| u16::from(it.follow_up_months[1]),
                set: |it, n| it.follow_up_months[1] = n.try_into().unwrap_or(u8::MAX),
            },
            number!(mails_per_address_a_day, "同じ宛先への申込みメール", "通まで（1日）"),
            number!(mails_per_domain_a_day, "同じドメインへの申込みメール", "通まで（1日）"),
            number!(mails_per_network_a_day, "同じ接続元からの申込みメール", "通まで（1日）"),
            number!(drafts_per_network_a_day, "同じ接続元で始める申込み", "件まで（1日）"),
            number!(unconfirmed_per_network, "同じ接続元からの、連絡先が未確認の申込み", "件まで"),
            number!(holds_per_network, "同じ接続元からの、連絡先の確認前のお取り置き", "件まで"),
        ],
    },
    Group {
        label: "受付時間と保存期間",
        numbers: &[
            number!(opens_hour, "受付の開始", "時"),
            number!(closes_hour, "受付の終了", "時"),
            number!(draft_days, "下書きの保存", "日"),
            number!(contact_retention_years, "連絡先の保存", "年度（終了後）"),
            number!(case_retention_years, "相談案件の保存", "年度（終了後）"),
            number!(received_mail_days, "受信したメールの原本の保存", "日"),
            number!(sent_mail_days, "送信したメールの本文の保存", "日"),
            number!(attachment_days, "添付ファイルの保存", "日"),
        ],
    },
];

pub const TEXTS: &[Text] = &[
    text!(center_name, "センターの名称"),
    text!(center_phone, "センターの電話番号"),
    text!(center_email, "センターのメールアドレス"),
    text!(operator_name, "個人情報を管理する団体"),
    text!(consent_version, "個人情報の取扱いの版"),
];

impl Number {
    /// Returns the hint beside the field. After a conflict, the hint mentions the value in `newest` if it
    /// differs.
    pub fn hint(&self, newest: Option<&Settings>, form: &Fields) -> String {
        let usual = format!("{}。初期値は{}です。", self.unit, (self.get)(&Settings::default()));
        match newest.map(self.get) {
            Some(now) if now.to_string() != form.get(self.name) => format!("{usual}現在の登録は{now}です。"),
            _ => usual,
        }
    }
}

impl Text {
    pub fn hint(&self, newest: Option<&Settings>, form: &Fields) -> String {
        match newest.map(self.get) {
            Some(now) if now != form.get(self.name) => format!("現在の登録は「{now}」です。"),
            _ => String::new(),
        }
    }
}

pub fn fill(settings: &Settings) -> Fields {
    let mut form = Fields::default();
    for it in GROUPS.iter().flat_map(|it| it.numbers) {
        form.add(it.name, (it.get)(settings).to_string());
    }
    for it in TEXTS {
        form.add(it.name, (it.get)(settings));
    }
    form.add("routing", routing_code(settings.routing));
    form.add("intake_closed_notice", settings.intake_closed_notice.clone());
    form
}

/// Parses the form; every mistake is added to `errors`, not only the first.
pub fn parse(form: &Fields, errors: &mut FieldErrors) -> Option<Settings> {
    let mut settings = Settings::default();
    let routing = [RoutingMode::Automatic, RoutingMode::Reviewed].into_iter();
    let routing = routing.into_iter().find(|&it| routing_code(it) == form.get("routing"));
    if let Some(routing) = errors.take("routing", routing.ok_or("依頼の方法を選択してください"))
    {
        settings.routing = routing;
    }
    for it in GROUPS.iter().flat_map(|it| it.numbers) {
        let typed = digits(form.get(it.name)).parse();
        if let Some(n) = errors.take(it.name, typed.map_err(|_| "0以上の整数で入力してください"))
        {
            (it.set)(&mut settings, n);
        }
    }
    for it in TEXTS {
        if let Some(line) = errors.take(it.name, TextLine::parse(it.label, form.get(it.name), 120)) {
            (it.set)(&mut settings, line.into());
        }
    }
    if errors.of("center_email").is_none() {
        errors.take("center_email", EmailAddress::parse(&settings.center_email));
    }
    let notice = optional(form.get("intake_closed_notice"), |raw| Prose::parse("お知らせ", raw, 500));
    if let Some(Some(notice)) = errors.take("intake_closed_notice", notice) {
        settings.intake_closed_notice = notice.into();
    }
    for bad in settings.check() {
        errors.add(bad.field, bad.message);
    }
    errors.is_empty().then_some(settings)
}

pub const fn routing_code(it: RoutingMode) -> &'static str {
    match it {
        RoutingMode::Automatic => "automatic",
        RoutingMode::Reviewed => "reviewed",
    }
}
