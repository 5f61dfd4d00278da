//! The fields of the form by their names, which are the same in the page, the draft and the export.
use super::ApplicationForm;

/// What a ticked box of our pages sends.
pub const TICKED: &str = "1";

/// Whether a box is ticked; also as a bare checkbox or another program says it.
pub(super) fn is_ticked(raw: &str) -> bool {
    matches!(raw, TICKED | "on" | "yes" | "true")
}

macro_rules! fields {
    (lists: $($list:ident)*; texts: $($text:ident)*) => {
        impl ApplicationForm {
            /// Every value with the name of its field; an empty field has none.
            pub fn pairs(&self) -> Vec<(&'static str, &str)> {
                let mut pairs = Vec::new();
                $(pairs.extend(self.$list.iter().map(|it| (stringify!($list), it.as_str())));)*
                $(pairs.push((stringify!($text), self.$text.as_str()));)*
                pairs.retain(|(_, value)| !value.is_empty());
                pairs
            }

            /// Replaces what was typed into a field. Where it takes one value the first counts; a name that is no
            /// field's changes nothing.
            pub fn set<'a>(&mut self, name: &str, values: impl IntoIterator<Item = &'a str>) {
                let mut values = values.into_iter().map(kept);
                match name {
                    $(stringify!($list) => self.$list = values.collect(),)*
                    $(stringify!($text) => self.$text = values.next().unwrap_or_default(),)*
                    _ => {}
                }
            }
        }
    };
}

fields! {
    lists: field theme;
    texts: description mode company_name company_kana corporate_number organization postal_code prefecture city
        street building industry employees regular_employees capital telework_status contact_name contact_kana
        department position email phone slot consent newsletter
}

/// As it was typed, but for the one character that PostgreSQL cannot keep and no keyboard types.
fn kept(raw: &str) -> String {
    raw.replace('\0', "\u{FFFD}")
}

#[cfg(test)]
mod tests {
    use super::{super::ApplicationForm, is_ticked};

    #[test]
    fn every_field_comes_back_under_its_name() {
        let empty = serde_json::to_value(ApplicationForm::default()).unwrap();
        let mut form = ApplicationForm::default();
        for name in empty.as_object().unwrap().keys() {
            form.set(name, [name.as_str()]);
        }
        let pairs = form.pairs();
        assert_eq!(pairs.len(), empty.as_object().unwrap().len());
        assert!(pairs.iter().all(|(name, value)| name == value));
        form.set("nonsense", ["x"]);
        form.set("field", ["ict", "labor"]);
        form.set("email", ["first@example.jp", "second@example.jp"]);
        form.set("city", []);
        assert_eq!(form.field, ["ict", "labor"]);
        assert_eq!(form.email, "first@example.jp");
        assert_eq!(form.city, "");
    }

    #[test]
    fn a_box_says_yes_in_few_ways() {
        assert!(["1", "on", "yes"].into_iter().all(is_ticked));
        assert!(!["", "0", "no", "off", "1 "].into_iter().any(is_ticked));
    }
}
