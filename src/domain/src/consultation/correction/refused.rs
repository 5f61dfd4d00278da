//! The reasons for which a correction is refused, each as a sentence for the person concerned.
use super::CorrectedField;
use crate::field::Field;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CorrectionRefused {
    #[error("「{}」は、この立場では訂正できません。センターにメッセージでお知らせください。", .0.label())]
    NotYours(CorrectedField),
    /// The value is not the one that the correction started from.
    #[error(
        "「{}」は、その後さらに訂正されています。新しい訂正から順に取り消すか、いまの内容を訂正してください。",
        .field.label()
    )]
    Corrected { field: CorrectedField },
    #[error("取り消す訂正が見つかりません。")]
    Unknown,
    #[error("この訂正は、すでに取り消されています。")]
    Undone,
    /// The earlier value was erased when its retention period ended.
    #[error("訂正前の内容は保存期間が終わって消去されたため、取り消せません。いまの内容を訂正してください。")]
    Erased,
    /// The appointment with the expert for this field has begun or is over.
    #[error("{}の専門家との相談が始まっているか、終わっているため、分野から外せません。", .field.label())]
    FieldAdvised { field: Field },
    /// A field is added while experts are being asked, and no further expert could be asked.
    #[error(
        "専門家の回答を待っている間は、分野を追加できません。{}を担当できる専門家が、この日時にはほかにいません。回答のあとで訂正してください。",
        .field.label()
    )]
    NobodyForField { field: Field },
    /// Other consultations belong to the company that would change.
    #[error(
        "この法人番号の企業には、ほかの相談（{other}）があります。先にその相談の法人番号を確認してください。"
    )]
    CompanyShared { other: String },
    /// A company typed the number of another company.
    #[error(
        "この法人番号は、ほかの申込みで使われています。センターで確認しますので、メッセージでお知らせください。"
    )]
    OtherCompany,
    #[error("この相談の連絡先は、すでに確認されています。変更するときは、ログインして訂正してください。")]
    AddressConfirmed,
}
