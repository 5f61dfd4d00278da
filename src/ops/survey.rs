//! Surveys: what follows when one is published, the codes and the invitations, the answers, the steps that follow by
//! themselves, and the reports of doubtful requests.
mod answering;
pub mod doubt;
mod inviting;
mod membership;
mod publishing;
mod releasing;
mod tending;
mod transaction;

pub use answering::{BegunSurvey, begin, give, page_token, response_of, save};
pub use inviting::{MOST_CODES, code_of, invite, print_codes};
pub use membership::{join, leave};
pub use publishing::{check, may_end, published};
pub use releasing::{publish_results, withdraw_results};
pub use tending::tend;
