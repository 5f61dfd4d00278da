//! The publications of the programme.
use crate::codes;

codes! {
    /// The kind of a publication. Each kind has addresses and numbers of its own.
    pub enum PublicationKind {
        News = "news" => "お知らせ",
        Guide = "guide" => "支援制度・ガイド",
        /// An example of telework in a company or another body.
        Example = "cases" => "事例",
        Gathering = "events" => "イベント",
        /// A telework month. Its number is its year.
        Campaign = "month" => "テレワーク月間",
        /// The notice of a survey, with its questions if they are asked here.
        Survey = "surveys" => "調査のお知らせ",
    }
}

codes! {
    /// The status of a publication, without its period.
    pub enum PublicationStatus {
        Draft = "draft" => "下書き",
        Published = "published" => "公開",
        Archived = "archived" => "公開終了",
    }
}

codes! {
    /// The act that made a revision of a publication.
    pub enum RevisionAct {
        Created = "created" => "作成",
        Imported = "imported" => "取込み",
        Edited = "edited" => "編集",
        Restored = "restored" => "以前の版に戻した",
        Published = "published" => "公開",
        Archived = "archived" => "公開終了",
        /// The company agreed that its consultation becomes an example.
        Consented = "consented" => "企業の同意",
        /// The consent has ended, and the text is gone.
        Erased = "erased" => "同意の終了による削除",
    }
}

codes! {
    /// An act of an editor, as the log of the administrator names it.
    pub enum EditorAct {
        Created = "created" => "下書きを作成",
        Edited = "edited" => "内容を編集",
        Restored = "restored" => "以前の版に戻した",
        Published = "published" => "公開",
        Archived = "archived" => "公開を終えた",
        Deleted = "deleted" => "下書きを削除",
        SuccessorSaved = "successor_saved" => "後継のページを変更",
        CompanyAsked = "company_asked" => "企業に文章の確認を依頼",
        FileAdded = "file_added" => "ファイルを追加",
        FileRemoved = "file_removed" => "ファイルを削除",
        ImportKept = "import_kept" => "取り込むファイルを登録",
        ImportTaken = "import_taken" => "ファイルを取込み",
        ImportUndone = "import_undone" => "取込みを取消し",
        CalledOff = "called_off" => "イベントを中止",
        LinkSaved = "link_saved" => "接続先を変更",
        MaterialsSaved = "materials_saved" => "資料を変更",
        AttendanceMarked = "attendance_marked" => "出席を記録",
        WalkInAdded = "walk_in_added" => "当日参加を追加",
        RegistrationApproved = "registration_approved" => "登録を承認",
        RegistrationRejected = "registration_rejected" => "登録を見送り",
        OutreachSent = "outreach_sent" => "相談のご案内を送信",
        CodesMade = "codes_made" => "回答番号を作成",
        SurveyInvited = "survey_invited" => "調査の依頼を送信",
        ResultsPublished = "results_published" => "調査の結果を公表",
        ResultsWithdrawn = "results_withdrawn" => "調査の結果の公表をやめた",
    }
}

impl EditorAct {
    /// Returns the act that made a revision.
    pub const fn of_revision(act: RevisionAct) -> Self {
        match act {
            RevisionAct::Created | RevisionAct::Consented => Self::Created,
            RevisionAct::Imported => Self::ImportTaken,
            RevisionAct::Edited => Self::Edited,
            RevisionAct::Restored => Self::Restored,
            RevisionAct::Published => Self::Published,
            RevisionAct::Archived | RevisionAct::Erased => Self::Archived,
        }
    }
}

codes! {
    /// The state of a company's consent that its consultation becomes an example.
    pub enum ExampleConsentStatus {
        Asked = "asked" => "協力の返事待ち",
        Declined = "declined" => "協力しない",
        Writing = "writing" => "文章の作成中",
        Review = "review" => "企業の確認待ち",
        ChangesWanted = "changes_wanted" => "企業から修正の希望あり",
        Approved = "approved" => "企業の確認済み",
        Withdrawn = "withdrawn" => "協力を取りやめ",
        Lapsed = "lapsed" => "期限までに動きがなく終了",
    }
}

codes! {
    /// The format of a stored picture.
    pub enum PictureFormat {
        Jpeg = "jpeg",
        Png = "png",
    }
}

impl PictureFormat {
    /// Returns the media type under which it is sent.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

codes! {
    /// The category of an item of news.
    pub enum NewsCategory {
        Notice = "notice" => "お知らせ",
        Event = "event" => "イベント",
        Survey = "survey" => "調査",
        Award = "award" => "表彰",
        Support = "support" => "支援制度",
        Press = "press" => "報道発表",
    }
}

codes! {
    /// The kind of support that an entry of the guide describes.
    pub enum GuideKind {
        Grant = "grant" => "助成金・補助金",
        Guideline = "guideline" => "ガイドライン",
        Tool = "tool" => "手引き・ツール",
        Desk = "desk" => "相談窓口・派遣",
        Training = "training" => "研修・セミナー",
        Network = "network" => "ネットワーク",
    }
}

codes! {
    /// The purpose for which a company looks for support.
    pub enum GuidePurpose {
        Cost = "cost" => "費用の助成を受けたい",
        Security = "security" => "情報セキュリティを整えたい",
        Labor = "labor" => "労務管理・規程を整えたい",
        Tools = "tools" => "機器やシステムを選びたい",
        Advice = "advice" => "専門家や経験のある会社に聞きたい",
        Region = "region" => "地域や地方での働き方を広げたい",
    }
}

codes! {
    /// The size of a company by regular employees, as the guide asks for it.
    pub enum CompanySize {
        UpTo20 = "20" => "20人以下",
        UpTo100 = "100" => "21人から100人",
        UpTo300 = "300" => "101人から300人",
        Over300 = "more" => "301人以上",
    }
}

impl CompanySize {
    /// Returns the size of a company with this number of employees.
    pub const fn of(employees: u32) -> Self {
        match employees {
            0..=20 => Self::UpTo20,
            21..=100 => Self::UpTo100,
            101..=300 => Self::UpTo300,
            _ => Self::Over300,
        }
    }
}
