//! The fields of the form by their names, which are the same on the page, in the draft and in the export.
use super::ApplicationForm;

/// The value that a ticked box of our pages sends.
pub const TICKED: &str = "1";

/// Returns whether a box is ticked. Values that a bare checkbox or another program sends are also accepted.
pub(crate) fn is_ticked(raw: &str) -> bool {
    matches!(raw, TICKED | "on" | "yes" | "true")
}

macro_rules! fields {
    (lists: $($list:ident)*; texts: $($text:ident)*) => {
        impl ApplicationForm {
            /// Returns every non-empty value with the name of its field.
            pub fn pairs(&self) -> Vec<(&'static str, &str)> {
                let mut pairs = Vec::new();
                $(pairs.extend(self.$list.iter().map(|it| (stringify!($list), it.as_str())));)*
                $(pairs.push((stringify!($text), self.$text.as_str()));)*
                pairs.retain(|(_, value)| !value.is_empty());
                pairs
            }

            /// Replaces the values of a field. A field with a single value takes the first of `values`; a
            /// name that is not a field changes nothing.
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

/// Returns the text as typed, but with NUL replaced: PostgreSQL cannot store it, and no keyboard types it.
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
