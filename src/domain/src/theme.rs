//! The themes with which the product is shipped (`docs/spec/programme.md` §1.4). After the installation they
//! are the operator's data.
use crate::field::Field;

/// A subject that a consultation may be about, within a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShippedTheme {
    /// The name in forms, tables and exports, which never changes.
    pub code: &'static str,
    pub field: Field,
    pub label: &'static str,
}

/// The shipped themes in the order in which the form shows them.
pub const SHIPPED: &[ShippedTheme] = &[
    ict("ict_network", "テレワークの方式・ネットワーク"),
    ict("ict_device", "端末・機器"),
    ict("ict_security", "情報セキュリティ"),
    ict("ict_meeting", "Web会議・チャット"),
    ict("ict_paperless", "ペーパーレス・電子契約・電話対応"),
    ict("ict_management", "勤怠・業務管理ツール"),
    ict("ict_cloud", "クラウド・ファイル共有"),
    ict("ict_subsidy", "ICT導入の補助金"),
    ict("ict_other", "その他のICT"),
    labor("labor_rules", "就業規則・テレワーク規程"),
    labor("labor_tasks", "対象業務・対象者の選定"),
    labor("labor_hours", "労働時間管理"),
    labor("labor_evaluation", "人事評価"),
    labor("labor_costs", "費用負担・手当"),
    labor("labor_training", "人材育成・コミュニケーション"),
    labor("labor_health", "安全衛生・メンタルヘルス"),
    labor("labor_accident", "労働災害・ハラスメントへの対応"),
    labor("labor_care", "育児・介護との両立"),
    labor("labor_disability", "障害者雇用"),
    labor("labor_subsidy", "労務関係の助成金"),
    labor("labor_other", "その他の労務管理"),
];

const fn ict(code: &'static str, label: &'static str) -> ShippedTheme {
    ShippedTheme { code, field: Field::Ict, label }
}

const fn labor(code: &'static str, label: &'static str) -> ShippedTheme {
    ShippedTheme { code, field: Field::Labor, label }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::SHIPPED;
    use crate::field::Field;

    #[test]
    fn every_code_is_one_theme_and_says_its_field() {
        let codes: BTreeSet<_> = SHIPPED.iter().map(|it| it.code).collect();
        assert_eq!(codes.len(), SHIPPED.len());
        assert!(SHIPPED.iter().all(|it| it.code.starts_with(it.field.code())));
        for field in Field::ALL {
            assert!(SHIPPED.iter().filter(|it| it.field == field).count() >= 5);
        }
    }
}
