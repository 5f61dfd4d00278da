//! Defines the variables that a text may name. A variable has the same name and the same meaning in every
//! text.
use std::collections::BTreeMap;

/// The values of the variables of one mail. A variable without a value is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(BTreeMap<Variable, String>);

macro_rules! variables {
    ($($name:ident = $word:literal, $meaning:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Variable { $($name),* }

        impl Variable {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Returns the name that texts write between braces.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// Returns the explanation on the page of texts.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning),* }
            }
        }
    };
}

variables! {
    CenterName = "センター名", "センターの名称";
    CenterPhone = "電話番号", "センターの電話番号";
    Hours = "受付時間", "センターの受付時間";
    Title = "件名", "メールごとの件名";
    Body = "本文", "メールごとの本文";
    Greeting = "宛名", "受け取る人の宛名。「様」などを含む";
    NoAnswers = "返信不可", "返信を受け取らないメールであれば「はい」";
    ToStaff = "専門家またはセンターあて", "返信が企業にも届くメールであれば「はい」";
    Relayed = "相手に届く返信", "返信が、推進企業ネットワークの相手に届くメールであれば「はい」";
    ToCenterOnly = "センターだけに届く", "返信が企業に届かないメールであれば「はい」";
    Number = "受付番号", "相談の受付番号";
    Fields = "相談分野", "ICT、労務管理";
    Company = "会社名", "相談する企業・団体の名称";
    Link = "リンク", "このメールの用件を済ませるページ。1行に単独で書くと、HTML形式ではボタンになります";
    ReceivedAt = "受付日時", "申込みを受け付けた日時";
    WishedSlot = "希望日時", "仮に押さえている日時";
    WishedUntil = "希望日時の期限", "仮に押さえておく期限。連絡先の確認が終わっていれば空";
    Confirmed = "連絡先確認済み", "連絡先の確認が終わっていれば「はい」";
    ContactDays = "連絡日数", "最初の連絡までの営業日数";
    ContactDue = "連絡期限", "センターから連絡する期限の日";
    ContactUntil = "連絡期限の日時", "センターから連絡する期限の日時";
    CompanyDue = "お返事の期限", "企業の返事や手続きを待つ期限の日。過ぎていれば空";
    DeskName = "引継ぎ元", "相談を引き継いだ一次相談窓口の名称。なければ空";
    DeskVisit = "窓口での相談", "窓口で相談を受けた日と方法。引継ぎでなければ空";
    QuestionText = "確認事項", "センターが書いた質問";
    Experts = "専門家名", "担当する専門家の氏名";
    When = "日時", "相談またはイベントの日時";
    Mode = "実施方法", "オンラインまたは訪問";
    IsVisit = "訪問", "訪問の相談であれば「はい」";
    Place = "場所", "接続先または訪問先";
    CancelledPlace = "取り消した予約の場所", "取り消した予約の接続先または訪問先。連絡先の確認が終わっていなければ空";
    ChangeUntil = "変更期限", "企業が自分で日時を変更できる期限。過ぎていれば空";
    WasExperts = "以前の専門家名", "交代する前の専門家の氏名";
    Declined = "断った専門家名", "代わりの担当を引き受けられなかった専門家の氏名";
    AbsentDays = "不在の期間", "専門家が不在になる期間";
    Clashing = "重なる予約", "不在の期間にある予約の一覧";
    CurrentBooking = "いまの予約", "いま予約している日時。なければ空";
    HeldUntil = "お取り置き期限", "空いた日時を取り置く期限";
    WasSplit = "分けた相談", "2つに分けた相談を、もとの1つに戻すときは「はい」";
    Was = "変更前の日時", "変更する前の日時";
    Reason = "理由", "取消しや差戻しなどの理由";
    ReportDays = "報告書の日数", "報告書を提出するまでの日数";
    WaitsDays = "回答日数", "回答できる日数";
    EditableDays = "変更日数", "回答を変更できる日数";
    Lead = "書き出し", "どの時期の質問かを伝える文、または質問の文";
    Choices = "回答の選択肢", "押すと回答になる4つのボタン";
    Address = "届かなかった宛先", "メールが届かなかったアドレス";
    ApplyLink = "申込みリンク", "相談を申し込むページ";
    Help = "できること", "理由に応じた、これからできることの説明";
    Organization = "案内先", "案内する機関の名称";
    Note = "案内文", "センターが書いた案内";
    WantedFields = "依頼分野", "担当を依頼する分野";
    AnswerDue = "回答期限", "依頼に回答する期限";
    InsteadOf = "交代する専門家名", "代わりの担当をお願いするとき、いま担当している専門家の氏名";
    OneOfTwo = "二人で担当", "2つの分野の1つだけをお願いするときは「はい」";
    Outline = "概要", "所在地、業種、従業員数、テーマ";
    ReportDue = "提出期限", "報告書を提出する期限";
    Overdue = "期限超過", "提出期限を過ぎていれば「はい」";
    Outcome = "結果", "引き継いだ相談の結果";
    Role = "役割", "登録する人の役割";
    LinkUntil = "リンクの期限", "リンクを使える期限";
    OccurredAt = "起きた日時", "お知らせするできごとが起きた日時";
    Device = "端末", "ログインした端末の種類";
    Network = "接続元", "ログインまたはその試みの接続元";
    DraftUntil = "削除日時", "下書きを削除する日時";
    NewCount = "新着件数", "新しい案件の件数";
    OverdueCount = "期限超過件数", "期限を過ぎた案件の件数";
    StopLink = "停止リンク", "このお知らせを停止するページ";
    WeekAppointments = "今週の相談", "今週の相談の一覧";
    WeekRequests = "回答待ちの依頼", "回答をお待ちしている依頼の一覧";
    WeekReports = "提出待ちの報告書", "提出をお待ちしている報告書の一覧";
    Urgent = "急ぐもの", "急ぐ案件の一覧";
    CallCount = "電話する件数", "企業に電話する案件の件数。なければ空";
    StalledCount = "動きのない件数", "返事や記録がないまま日がたった案件の件数。なければ空";
    UnansweredCount = "未返信の件数", "返信を待っているメッセージがある案件の件数。なければ空";
    LateResponseCount = "返信の期限超過件数", "未返信のうち、返信の期限を過ぎた案件の件数。なければ空";
    ReportCount = "報告書の件数", "センターの確認または作成を待っている報告書がある案件の件数。なければ空";
    TaskCount = "自分の作業の件数", "期日が今日までの、読む人の作業の件数。なければ空";
    TimeWished = "希望日時あり", "企業が日時を希望していれば「はい」";
    AllAsked = "全員に依頼済み", "依頼できる専門家の全員に依頼していれば「はい」";
    Examples = "紹介する事例", "専門家が紹介する事例と、そのページの一覧。なければ空";
    Guides = "紹介する支援制度", "専門家が紹介する支援制度と、そのページ、確認日の一覧。なければ空";
    Follows = "フォローあり", "アンケートなどの質問を送るときは「はい」";
    MayContinue = "続けて相談できる", "企業が次回の相談を希望できるときは「はい」";
    CaseOver = "相談終了", "相談が終わっているときは「はい」";
    ExamplePage = "事例のページ", "公開する事例のアドレス";
    PublicFrom = "公開する日時", "事例の公開を始める日時";
    WasPublic = "公開していた事例", "公開していた事例を削除したときは「はい」";
    InSilence = "期限切れ", "期限までに動きがなかったために終わったときは「はい」";
    ExampleNews = "企業の返事", "事例への協力についての企業の返事と、センターがすること";
    Released = "外れた専門家名", "担当から外れた専門家の氏名。企業に知らせていない専門家であれば空";
    Wish = "申し出", "専門家が外れたのは、だれの申し出によるか";
    TimeNews = "日時の扱い", "日時が変わらないか、取り消したか、解除したか";
    HasFile = "予定ファイルあり", "カレンダーのファイルを添付していれば「はい」";
    HandedBack = "窓口で対応", "案内した機関が、受け取る窓口であれば「はい」";
    DeskCalls = "窓口から連絡", "案内した窓口から企業に連絡するときは「はい」";
    DeskHolds = "窓口が持つもの", "窓口の受付と、引き継いだ相談の一覧。なければ空";
    DeskDue = "窓口の連絡期限", "案内した窓口から企業に連絡する期限の日";
    DayClosed = "休業日", "その日がセンターの休業日になったときは「はい」";
    MayChoose = "日時を選べる", "企業が日時を選び直せるときは「はい」";
    Searching = "専門家を調整中", "センターが専門家に依頼している間は「はい」";
    ReportThere = "報告書あり", "前回の相談の報告書が一緒にできたときは「はい」";
    WasMode = "以前の実施方法", "変更する前に企業が希望していた実施方法。変わらないときは空";
    WasFields = "以前の相談分野", "変更する前の相談分野。変わらないときは空";
    FirstNumber = "元の受付番号", "分ける前からの相談の受付番号";
    FirstFields = "元の相談分野", "分けたあとの、元の相談の分野";
    KeptNumber = "まとめた先の受付番号", "2つの相談をまとめたあとの受付番号";
    MovedCount = "移したメッセージの件数", "新しい相談に移したメッセージの件数。なければ空";
    CancelledBy = "取消しの事情", "だれの都合による取消しか。例：専門家の都合により";
    TimeBlocked = "空きから除外", "受け取る専門家が取り消し、その日時が空きから除かれていれば「はい」";
    RecordedOutcome = "相談の結果", "記録されている相談の結果";
    WasOutcome = "訂正前の結果", "訂正する前に記録されていた相談の結果";
    Advised = "相談実施済み", "相談が一度でも実施されていれば「はい」";
    NoReport = "報告書不要", "相談が実施されず、報告書が必要なければ「はい」";
    MissedExpert = "来なかった専門家", "二人の専門家のうち、来なかった一人の氏名。予約の全体が行われなかったときは空";
    MissingField = "担当のいない分野", "追加した分野のうち、担当の専門家がいないもの";
    OwedField = "残った分野", "専門家の一人が来なかったため、まだ行われていない分野";
    IsCorrection = "訂正", "先に知らせた相談の結果や、渡した報告書を訂正するときは「はい」";
    ExpertsAsked = "専門家に依頼", "専門家にも実施の記録を依頼していれば「はい」";
    EventTitle = "イベント名", "イベントの名称";
    Seat = "席", "会場またはオンライン。会場の席が決まっていれば、その番号を含む";
    Hall = "会場", "会場の名称と住所。オンラインでの参加であれば空";
    ConfirmUntil = "確認の期限", "イベントの申込みや月間の登録で、メールアドレスを確認する期限";
    SeatUntil = "席の期限", "空いた席をお取り置きする期限";
    MaterialsThere = "資料あり", "イベントの資料を参加者のページで見られるときは「はい」";
    AnswersUntil = "アンケートの期限", "アンケートや質問に回答できる最後の日";
    EditionMonth = "集計の月", "集計した年と月";
    CommentUntil = "コメントの期限", "センターがコメントを書ける期限の日時";
    Campaign = "月間名", "テレワーク月間の名称";
    Registrant = "登録名", "登録する企業・団体または個人の名称";
    IsChange = "登録の変更", "登録したあとの変更についてのメールであれば「はい」";
    WasApproved = "承認の取消し", "承認していた登録を取り消すときは「はい」";
    SameNumber = "同じ法人番号", "同じ法人番号の登録がほかにあるときは「はい」";
    DecidedBy = "審査の期日", "承認するかどうかをお知らせする期日の目安";
    WaitingCount = "承認待ちの件数", "承認を待っている登録の件数";
    WaitingSince = "承認待ちの開始日", "いちばん長く待っている登録が、承認を待ち始めた日";
    SurveyTitle = "調査名", "調査の名称";
    SurveyOffice = "調査の実施機関", "調査を実施する省庁などの名称";
    SurveyUntil = "回答の締切り", "調査の回答を受け付ける最後の日";
    SurveyNotice = "調査のお知らせ", "本物の調査かどうかを確かめる、公開のお知らせのページ";
    ErasureDay = "消去の日", "保存期間が過ぎたものを消去する日";
    ErasedContacts = "消去する連絡先", "連絡先を消去する案件の件数";
    ErasedRecords = "消去する記録", "相談の記録を消去する案件の件数";
    DoubtCount = "疑わしい連絡の件数", "疑わしい調査についての、対応していない連絡の件数";
    DoubtLookBy = "疑わしい連絡の期日", "いちばん早い、確認の期日";
    IsListed = "掲載の承認", "推進企業ネットワークへの掲載を承認したときは「はい」";
    NetworkWords = "質問の文", "推進企業ネットワークの質問または返事の文";
    NetworkOutline = "質問した方", "質問した方の都道府県、業種、規模";
    NetworkFrom = "書いた方", "返事を書いた企業、質問した方、またはセンター";
    Mentor = "推進企業", "質問をお渡しした企業の名称";
    OtherPerson = "相手の氏名", "連絡先を伝えることに同意した相手の氏名";
    OtherAddress = "相手のアドレス", "連絡先を伝えることに同意した相手のメールアドレス";
    QuestionCount = "質問の件数", "センターの対応を待っている質問の件数";
    MentorCount = "承認待ちの企業", "承認を待っている推進企業の件数";
    NetworkSince = "ネットワークの待ち始め", "いちばん長く待っている質問または企業が、待ち始めた日";
    ByTelephone = "電話で伝える企業", "メールが届かず、電話で伝える企業であれば「はい」";
    PartSettled = "一部決定", "一部の分野の専門家が決まっていれば「はい」";
}

impl Variable {
    /// The variables that every mail has.
    pub const COMMON: &[Self] = &[Self::CenterName, Self::CenterPhone, Self::Hours];

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name() == name)
    }

    /// Returns whether the variable contains text from the public form. Such text is never sent to an
    /// unconfirmed address, which may be a stranger's.
    pub const fn is_from_form(self) -> bool {
        matches!(
            self,
            Self::Company | Self::Place | Self::Outline | Self::Urgent | Self::Address | Self::Registrant
        )
    }

    /// Returns whether the variable is empty in an administrator's own text to an unconfirmed address. This
    /// applies to values from the form, and to the place of a cancelled appointment, which may come from the
    /// form. A text that can reach such an address may still name the latter.
    const fn is_kept_from_strangers(self) -> bool {
        self.is_from_form() || matches!(self, Self::CancelledPlace)
    }

    /// Returns whether the value may have several lines. All other values have one line.
    const fn has_lines(self) -> bool {
        matches!(
            self,
            Self::Body
                | Self::Greeting
                | Self::QuestionText
                | Self::Reason
                | Self::Choices
                | Self::Help
                | Self::Note
                | Self::Outline
                | Self::Urgent
                | Self::Clashing
                | Self::DeskHolds
                | Self::WeekAppointments
                | Self::WeekRequests
                | Self::WeekReports
                | Self::Examples
                | Self::Guides
                | Self::ExampleNews
                | Self::NetworkWords
        )
    }
}

impl Values {
    /// Sets the value of a variable. Line breaks in a value of one line become blanks.
    pub fn set(&mut self, variable: Variable, value: impl Into<String>) {
        let value = value.into();
        let value = if variable.has_lines() { value } else { value.replace(char::is_control, " ") };
        self.0.insert(variable, value.trim().to_owned());
    }

    /// Sets the value to 「はい」 if `is_so`, else to nothing.
    pub fn set_flag(&mut self, variable: Variable, is_so: bool) {
        self.set(variable, if is_so { "はい" } else { "" });
    }

    pub fn get(&self, variable: Variable) -> &str {
        self.0.get(&variable).map_or("", String::as_str)
    }

    pub fn variables(&self) -> impl Iterator<Item = Variable> {
        self.0.keys().copied()
    }

    /// Returns the values without anything from the public form.
    pub fn for_strangers(mut self) -> Self {
        for (variable, value) in &mut self.0 {
            if variable.is_kept_from_strangers() {
                value.clear();
            }
        }
        self
    }
}
